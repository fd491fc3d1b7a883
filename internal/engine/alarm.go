package engine

import (
	"context"
	"time"

	"twohens/internal/contact"
	"twohens/internal/quota"
	"twohens/internal/recovery"
)

// Alarm is when texts to a range of numbers look like pumping: codes are sent, and hardly any comes back. Then the range is paused by
// itself, and the operator is told.
type Alarm struct {
	Span    time.Duration // that is looked back on
	Sent    int           // codes to a block of ten thousand numbers within it, at least; to a country five times as many
	Percent int           // of them that must have been entered
	Pause   time.Duration // how long nothing is sent then
	To      contact.Email // who is told; zero: only the log
}

// countrySteps is how many times more codes a country must have been sent than a block before its turnout says something.
const countrySteps = 5

// slot is how finely turnouts are counted.
const slot = 10 * time.Minute

// alarmLetters keeps an attack on the texts from becoming a flood of mails to the operator.
var alarmLetters = quota.Limit{Events: 4, Per: time.Hour}

// turnout is an empty count for a number, now.
func (e *Engine) turnout(to contact.Phone) *Turnout {
	return &Turnout{Slot: e.now().Truncate(slot), Range: Range(to.Prefix()), Country: to.Region()}
}

// entered counts a code that came back.
func (e *Engine) entered(to contact.Phone) *Turnout {
	t := e.turnout(to)
	t.Entered = 1
	return t
}

// ranges are those that a number is in.
func ranges(to contact.Phone) []Range {
	return []Range{Range(to.Prefix()), Range(to.Region())}
}

// watch looks at the turnout of a number's ranges after one more code went there, and pauses those in which codes stopped coming back.
func (e *Engine) watch(ctx context.Context, to contact.Phone) error {
	alarm := e.Texts.Alarm
	if alarm.Sent <= 0 {
		return nil
	}
	now := e.now()
	for i, of := range ranges(to) {
		t, err := e.Store.Turnout(ctx, of, now.Add(-alarm.Span))
		if err != nil {
			return err
		}
		least := alarm.Sent
		if i > 0 {
			least *= countrySteps
		}
		if t.Sent < least || t.Entered*100 >= t.Sent*alarm.Percent {
			continue
		}
		if err := e.pause(ctx, Pause{Range: of, Began: now, Until: now.Add(alarm.Pause), Sent: t.Sent, Entered: t.Entered}); err != nil {
			return err
		}
	}
	return nil
}

// pause begins a pause, unless the range is paused already, and has the operator told of it.
func (e *Engine) pause(ctx context.Context, p Pause) error {
	paused, err := e.Store.Paused(ctx, p.Began, p.Range)
	if err != nil || paused {
		return err
	}
	change := Change{Pause: &p, Records: []Record{{At: p.Began, Event: EventPaused, Way: recovery.WayPhone, Outcome: string(p.Range)}}}
	if !e.Texts.Alarm.To.IsZero() {
		charge := []quota.Charge{{Key: "alarm", Limit: alarmLetters}}
		if _, ok, err := e.Limiter.Take(ctx, p.Began, charge); err == nil && ok {
			change.Entries = []Entry{{
				ID: newID(), Effect: recovery.Effect{Kind: recovery.EffectAlarm, NotAfter: p.Until},
				Contact: e.Texts.Alarm.To.Contact(), Created: p.Began, Due: p.Began,
			}}
		}
	}
	if err := e.Store.Save(ctx, change); err != nil {
		return err
	}
	e.Log.ErrorContext(ctx, "codes by text are not entered any more, so no more are sent for now",
		"range", p.Range, "sent", p.Sent, "entered", p.Entered, "until", p.Until)
	e.tell(change.Records)
	e.Wake()
	return nil
}

// carryAlarm tells the operator of all ranges that are paused.
func (e *Engine) carryAlarm(ctx context.Context, entry Entry) error {
	pauses, err := e.Store.Pauses(ctx, e.now())
	if err != nil {
		return err
	}
	if len(pauses) == 0 {
		return e.settle(ctx, entry, Nothing, "resumed meanwhile")
	}
	came := e.handOver(ctx, entry, Letter{
		ID: entry.ID, Kind: recovery.EffectAlarm, To: entry.Contact, Locale: entry.Locale, At: entry.Created, Pauses: pauses,
	})
	return e.settle(ctx, entry, came.verdict, came.said)
}
