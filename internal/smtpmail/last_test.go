package smtpmail_test

import (
	"errors"
	"testing"

	"twohens/internal/mailbox"
)

// Last is called when the message is on its way and nothing of it can be kept yet; after its error it is not.
func TestLast(t *testing.T) {
	box := open(t, mailbox.Options{})
	s := sender(t, box.Port(), nil)
	m := mailTo(t, "lucy@fernbank.example")
	called := 0
	errLast := errors.New("the database is down")
	m.Last = func() error {
		called++
		if box.Taken() != 0 {
			t.Error("taken before the last byte")
		}
		return errLast
	}
	if _, err := s.Send(t.Context(), m); !errors.Is(err, errLast) {
		t.Errorf("%v", err)
	}
	m.Last = func() error {
		called++
		return nil
	}
	if _, err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if called != 2 || box.Taken() != 1 {
		t.Errorf("called %d times, %d mails were taken", called, box.Taken())
	}
	m.Last = nil
	if _, err := s.Send(t.Context(), m); err != nil || called != 2 || box.Taken() != 2 {
		t.Errorf("without: %v, called %d times, %d mails", err, called, box.Taken())
	}
}
