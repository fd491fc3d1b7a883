package main

import (
	"context"
	"time"
)

// cell is one thing whose time a stranger can take. A new one is a function that prepares classes, and a line in cells.
type cell struct {
	name string
	what string // for people

	known bool // that it tells is known, and bounded otherwise (docs/threats.md): it is reported, and no error
	pairs bool // not the time is compared but which of two answers comes first

	// prepare makes what the samples need, so that a sample is one request and nothing else. There are to be as many subjects in each
	// class as told; samples go round over them.
	prepare func(ctx context.Context, s *stand, subjects int) ([]class, error)
}

var cells = []cell{
	{name: "questions", what: "wrong answers to the two questions, by API", prepare: questions},
	{name: "saved", what: "a wrong saved code, by API", prepare: saved},
	{name: "address", what: "the address, with a card", prepare: addressPage.prepare},
	{name: "address-api", what: "the address, by API", prepare: addressCall.prepare},
	{name: "choose", what: "the choice of a code by e-mail", prepare: choosePage.prepare},
	{name: "choose-api", what: "the choice of a code by e-mail, by API", prepare: chooseCall.prepare},
	{name: "resend", what: "a code once more", prepare: resendPage.prepare},
	{name: "resend-api", what: "a code once more, by API", prepare: resendCall.prepare},
	{name: "code", what: "a wrong code", prepare: codePage.prepare},
	{name: "code-api", what: "a wrong code, by API", prepare: codeCall.prepare},
	{name: "questions-page", what: "wrong answers to the two questions", prepare: questionsPage.prepare},
	{name: "signin", what: "a wrong password", prepare: signInPage.prepare},
	{name: "after", what: "the address, by API, right after somebody's choice of a code by e-mail", known: true, prepare: afterChoice.prepare},
	{name: "code-pairs", what: "a wrong code, by API, two in one packet", pairs: true, prepare: codeCall.prepare},
	{name: "signin-pairs", what: "a wrong password, two in one packet", pairs: true, prepare: signInPage.prepare},
	{name: "choose-pairs", what: "the choice of a code by e-mail, two in one packet", pairs: true, prepare: choosePage.prepare},
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
