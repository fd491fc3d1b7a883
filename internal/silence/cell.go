package main

import (
	"context"
	"time"
)

// cell is one thing whose time a stranger can take. A new one is a function that prepares classes, and a line in cells.
type cell struct {
	name string
	what string // for people

	// prepare makes what the samples need, so that a sample is one request and nothing else. There are to be as many subjects in each
	// class as told; samples go round over them.
	prepare func(ctx context.Context, s *stand, subjects int) ([]class, error)
}

var cells = []cell{
	{"questions", "wrong answers to the two questions, by API", questions},
	{"saved", "a wrong saved code, by API", saved},
	{"address", "the address, with a card", addressPage.prepare},
	{"address-api", "the address, by API", addressCall.prepare},
	{"choose", "the choice of a code by e-mail", choosePage.prepare},
	{"choose-api", "the choice of a code by e-mail, by API", chooseCall.prepare},
	{"resend", "a code once more", resendPage.prepare},
	{"resend-api", "a code once more, by API", resendCall.prepare},
	{"code", "a wrong code", codePage.prepare},
	{"code-api", "a wrong code, by API", codeCall.prepare},
	{"questions-page", "wrong answers to the two questions", questionsPage.prepare},
	{"signin", "a wrong password", signInPage.prepare},
}

// role says what is to come out of comparing a class with the first one.
type role int

const (
	first   role = iota // the one that all are compared with
	again               // made like the first one: whatever is told of it is the machine's doing
	kept                // must not be told from the first one
	planted             // the first one, and a known delay: must be told
)

// class is a kind of account as the server knows it, and a stranger must not.
type class struct {
	name  string
	role  role
	plant time.Duration                                           // of planted ones
	try   func(ctx context.Context, n int) (time.Duration, error) // takes the time of one request of the n-th subject
	ask   func(ctx context.Context, n int) (request, error)       // what that request is; nil: it cannot be had alone
}

// plants are the known delays. Without the first one being told, R-02's test has not been made.
var plants = []struct {
	name  string
	delay time.Duration
}{{"50 µs planted", 50 * time.Microsecond}, {"200 µs planted", 200 * time.Microsecond}}
