package scratch

import (
	"errors"
	"testing"
	"time"
)

func TestResponsesAreBoundAndShort(t *testing.T) {
	b := newBench(t, nil)
	for name, at := range elsewhere() {
		response := b.respond(here, Rub)
		if _, err := b.Redeem(t.Context(), response, at); !errors.Is(err, ErrSeal) {
			t.Errorf("other %s: %v", name, err)
		}
		// Tried at the right site for something else it is used up; another site cannot do that.
		_, err := b.Redeem(t.Context(), response, here)
		if at.Site == here.Site && !errors.Is(err, ErrSpent) || at.Site != here.Site && err != nil {
			t.Errorf("other %s, and then here: %v", name, err)
		}
	}
	response := b.respond(here, Listen)
	if _, err := b.Verify(t.Context(), response, "bank"); !errors.Is(err, ErrSeal) {
		t.Errorf("another site's: %v", err)
	}
	r, err := b.Verify(t.Context(), response, here.Site)
	if err != nil || r.Place != here || r.Mode != Listen || !r.At.Equal(b.clock()) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := b.Verify(t.Context(), response, here.Site); !errors.Is(err, ErrSpent) {
		t.Errorf("verified twice: %v", err)
	}
	for _, c := range []struct {
		after time.Duration
		want  error
	}{{2*time.Minute - time.Millisecond, nil}, {2 * time.Minute, ErrOver}, {24 * time.Hour, ErrOver}} {
		response := b.respond(here, Rub)
		b.pass(c.after)
		if _, err := b.Redeem(t.Context(), response, here); !errors.Is(err, c.want) {
			t.Errorf("after %v: %v", c.after, err)
		}
	}
}
