package main

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"twohens/internal/mailbox"
)

// post is how the mail server and the gateway of the stand do.
type post string

// The posts there are.
const (
	postFast    post = "fast"
	postSlow    post = "slow"    // each message takes two seconds
	postFailing post = "failing" // the server refuses every address for good, the gateway answers 500
	postDown    post = "down"    // nobody listens
)

var posts = []post{postFast, postSlow, postFailing, postDown}

// slowFor is how long a slow one takes over a message.
const slowFor = 2 * time.Second

// options make the box; what lingers stops when over is closed.
func (p post) options(over <-chan struct{}) mailbox.Options {
	linger := func() {
		select {
		case <-time.After(slowFor):
		case <-over:
		}
	}
	o := mailbox.Options{Count: true, Texts: true}
	switch p {
	case postSlow:
		o.Hook = func(step mailbox.Step, _, _ string) error {
			if step == mailbox.StepEnd {
				linger()
			}
			return nil
		}
		o.TextHook = func(mailbox.Posted) int { linger(); return 0 }
	case postFailing:
		o.Hook = func(step mailbox.Step, _, _ string) error {
			if step == mailbox.StepRcpt {
				return &mailbox.Reply{Code: 550, Text: "No such user"}
			}
			return nil
		}
		o.TextHook = func(mailbox.Posted) int { return http.StatusInternalServerError }
	}
	return o
}

// open starts the two. One that is down is opened and closed again, so that its ports are nobody's.
func (p post) open(over <-chan struct{}) (box *mailbox.Mailbox, port int, texts string, err error) {
	if box, err = mailbox.Open(p.options(over)); err != nil {
		return nil, 0, "", err
	}
	port, texts = box.Port(), box.TextsURL()
	if p == postDown {
		return nil, port, texts, box.Close()
	}
	return box, port, texts, nil
}

func parsePost(name string) (post, error) {
	var names []string
	for _, p := range posts {
		if string(p) == name {
			return p, nil
		}
		names = append(names, string(p))
	}
	return "", errors.New("the mail is one of " + strings.Join(names, ", "))
}
