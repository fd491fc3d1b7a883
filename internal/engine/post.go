package engine

import (
	"context"
	"errors"

	"twohens/internal/contact"
)

// repeats is for a message that a program died holding, perhaps behind the last byte: handing it over may be the one repeat that
// there may be. So before the last byte that is noted, and after another death nobody tries a third time. Whoever dies between
// the note and done leaves a message of which nobody knows whether it went out. That span is short, and only one message at a
// time is in it.
func (e *Engine) repeats(ctx context.Context, entry Entry) (last func() error, done func()) {
	held := false
	last = func() error {
		select {
		case e.repeat <- struct{}{}:
			held = true
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		return e.Store.Save(ctx, Change{Begin: &entry})
	}
	done = func() {
		if held {
			<-e.repeat
		}
	}
	return last, done
}

// reply is what came of handing a letter over: how its entry is to be settled, with what the other side said.
type reply struct {
	verdict  Verdict
	said     string
	handover Handover // of a text that was carried
	left     bool     // of a text that is to be tried again: it may have gone out all the same
}

// handOver composes a letter, as a mail or as a text, and gives it to the one who carries that.
func (e *Engine) handOver(ctx context.Context, entry Entry, letter Letter) reply {
	var last func() error
	if entry.Leases > entry.Attempts+1 {
		var done func()
		last, done = e.repeats(ctx, entry)
		defer done()
	}
	var taken Handover
	var err error
	switch letter.To.Kind {
	case contact.KindPhone:
		var text Text
		if text, err = e.Composer.ComposeText(letter); err != nil {
			return e.notComposed(ctx, entry, err)
		}
		text.NotAfter, text.Last = entry.Effect.NotAfter, last
		taken, err = e.Texter.Text(ctx, text)
	default:
		var mail Mail
		if mail, err = e.Composer.Compose(letter); err != nil {
			return e.notComposed(ctx, entry, err)
		}
		mail.NotAfter, mail.Last = entry.Effect.NotAfter, last
		taken, err = e.Sender.Send(ctx, mail)
	}
	if err == nil {
		return reply{verdict: Carried, said: taken.Said, handover: taken}
	}
	var asked interface{ Asked() string }
	if errors.As(err, &asked) {
		taken.Gateway = asked.Asked()
	}
	if said, final := refused(err); final {
		e.Log.WarnContext(ctx, "a message was refused", "entry", entry.ID, "lane", entry.Lane(), "said", said)
		return reply{verdict: Refused, said: said, handover: Handover{Gateway: taken.Gateway}}
	}
	e.Log.WarnContext(ctx, "a message could not be handed over, trying again",
		"entry", entry.ID, "lane", entry.Lane(), "attempt", entry.Attempts+1, "err", err)
	var departed interface{ MayHaveLeft() bool }
	return reply{
		verdict: Later, said: kept(err), handover: Handover{Gateway: taken.Gateway},
		left: errors.As(err, &departed) && departed.MayHaveLeft(),
	}
}

func (e *Engine) notComposed(ctx context.Context, entry Entry, err error) reply {
	e.Log.ErrorContext(ctx, "a message could not be composed", "entry", entry.ID, "err", err)
	return reply{verdict: Refused, said: "could not be composed"}
}

// mostKept bounds what is kept of why a message was put off, in bytes.
const mostKept = 300

// kept is what an error of a Sender or a Texter says. They see to it that it can be logged and kept: it quotes nothing of the message.
func kept(err error) string {
	return Said(err.Error(), mostKept, func(string) bool { return true })
}
