package engine

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Switch is a sender that an operator has switched off by hand: a mail server, a mail service or a gateway of texts. It gets nothing on any
// node until it is switched on again.
type Switch struct {
	Sender string // as the operator calls it
	By     string // who did it
	At     time.Time
}

// ErrNoSender says that every sender which could take a message is switched off. It is worth another try.
var ErrNoSender = errors.New("no sender is switched on")

// switchEvery is how often a node looks for what was switched on another.
const switchEvery = 2 * time.Second

// Switches lists the senders that are switched off.
func (e *Engine) Switches(ctx context.Context) ([]Switch, error) { return e.Store.Switches(ctx) }

// SwitchOff switches a sender off, on all nodes within switchEvery. Messages under way there go on.
func (e *Engine) SwitchOff(ctx context.Context, sender, by string) error {
	return e.switched(ctx, sender, "off", e.Store.SwitchOff(ctx, Switch{Sender: sender, By: by, At: e.now()}))
}

// SwitchOn switches it on again.
func (e *Engine) SwitchOn(ctx context.Context, sender, by string) error {
	return e.switched(ctx, sender, "on", e.Store.SwitchOn(ctx, sender))
}

func (e *Engine) switched(ctx context.Context, sender, to string, err error) error {
	if err != nil {
		return err
	}
	select {
	case e.flip <- struct{}{}:
	default:
	}
	e.Log.WarnContext(ctx, "a sender was switched "+to, "sender", sender)
	return nil
}

// RunSwitches tells apply which senders are off, whenever that changes, until ctx ends.
func (e *Engine) RunSwitches(ctx context.Context, apply func(off []string)) {
	tick := time.NewTicker(switchEvery)
	defer tick.Stop()
	var last []string
	for first := true; ; first = false {
		list, err := e.Store.Switches(ctx)
		if err != nil && ctx.Err() == nil {
			e.Log.WarnContext(ctx, "which senders are switched off could not be read, it stays as it was", "err", err)
		}
		var off []string
		for _, s := range list {
			off = append(off, s.Sender)
		}
		if err == nil && (first || !slices.Equal(off, last)) {
			apply(off)
			last = off
			e.Wake()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-e.flip:
		}
	}
}
