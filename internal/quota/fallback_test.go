package quota_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"twohens/internal/quota"
)

// scripted answers each Take with what the test says, when the test says it.
type scripted struct{ calls chan chan error }

func (s scripted) Take(context.Context, time.Time, []quota.Charge) (time.Duration, bool, error) {
	end := make(chan error)
	s.calls <- end
	err := <-end
	return 0, err == nil, err
}

func (s scripted) Return(context.Context, time.Time, []quota.Charge) error { return nil }

// An answer that was under way when the first went does not bring it back: a Redis that is just too slow would otherwise be told of
// with every call, and cost everybody its time-out.
func TestFallbackLateAnswer(t *testing.T) {
	var log bytes.Buffer
	first := scripted{make(chan chan error)}
	f := &quota.Fallback{
		First: first, Second: quota.NewMemory(0), Timeout: time.Hour, Rest: time.Hour, Name: "redis",
		Log: slog.New(slog.NewTextHandler(&log, nil)), Now: func() time.Time { return noon },
	}
	done := make(chan struct{}, 2)
	ask := func() chan error {
		go func() {
			if _, _, err := f.Take(context.Background(), noon, nil); err != nil {
				t.Error(err)
			}
			done <- struct{}{}
		}()
		return <-first.calls
	}
	slow, broken := ask(), ask()
	broken <- errors.New("broken")
	<-done
	slow <- nil
	<-done
	if !f.Down() || strings.Contains(log.String(), "there again") {
		t.Errorf("an answer from before brought it back: down %t, %s", f.Down(), log.String())
	}
}
