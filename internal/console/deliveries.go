package console

import (
	"cmp"
	"net/http"
	"slices"
	"time"

	"twohens/internal/engine"
)

// Deliveries is how messages fare.
type Deliveries struct {
	Day     bool // the last 24 hours; else the last one
	Sum     engine.Traffic
	Places  []engine.Traffic // by place, the most first
	Senders []engine.Traffic // by sender, the most first
	Chart   Chart
	Backlog []engine.Backlog
	State   []SenderState
	Now     time.Time
}

// SenderState is how a sender does.
type SenderState struct {
	Sender
	Off *engine.Switch // nil: it is on
}

// placesShown is how many places have a row of their own.
const placesShown = 40

func (v *visit) deliveries() {
	now := v.Engine.Now().UTC()
	m := Deliveries{Day: v.r.URL.Query().Get("span") == "day", Now: now}
	since := now.Add(-time.Hour)
	if m.Day {
		since = now.Add(-24 * time.Hour)
	}
	counted, err := v.Engine.Deliveries(v.r.Context(), since)
	if err != nil {
		v.fail(err)
		return
	}
	if m.Backlog, err = v.Engine.Backlog(v.r.Context()); err != nil {
		v.fail(err)
		return
	}
	if m.State, err = v.senders(); err != nil {
		v.fail(err)
		return
	}
	m.Places = grouped(counted, func(t engine.Traffic) engine.Traffic { return engine.Traffic{Lane: t.Lane, Place: t.Place} })
	m.Senders = grouped(counted, func(t engine.Traffic) engine.Traffic { return engine.Traffic{Lane: t.Lane, Sender: t.Sender} })
	m.Senders = slices.DeleteFunc(m.Senders, func(t engine.Traffic) bool { return t.Sender == "" })
	m.Places = m.Places[:min(len(m.Places), placesShown)]
	for _, t := range grouped(counted, func(engine.Traffic) engine.Traffic { return engine.Traffic{} }) {
		m.Sum = t
	}
	m.Chart = chart(counted, since, now)
	v.show(http.StatusOK, "deliveries", "console.deliveries", m)
}

// senders are how they do on this node, and which are switched off.
func (v *visit) senders() ([]SenderState, error) {
	off, err := v.Engine.Switches(v.r.Context())
	if err != nil {
		return nil, err
	}
	var list []SenderState
	for _, s := range v.Senders() {
		state := SenderState{Sender: s}
		for _, o := range off {
			if o.Sender == s.Name {
				state.Off = &o
			}
		}
		list = append(list, state)
	}
	return list, nil
}

// grouped adds up what was counted by a key, those with the most messages first.
func grouped(counted []engine.Traffic, key func(engine.Traffic) engine.Traffic) []engine.Traffic {
	at := make(map[engine.Traffic]int)
	var list []engine.Traffic
	for _, t := range counted {
		k := key(t)
		i, known := at[k]
		if !known {
			i = len(list)
			at[k] = i
			list = append(list, k)
		}
		sum := &list[i]
		sum.Taken, sum.Deferred, sum.Refused, sum.Bounced = sum.Taken+t.Taken, sum.Deferred+t.Deferred, sum.Refused+t.Refused, sum.Bounced+t.Bounced
		sum.Delivered, sum.Lost, sum.Entered = sum.Delivered+t.Delivered, sum.Lost+t.Lost, sum.Entered+t.Entered
		for b := range t.Handing {
			sum.Handing[b] += t.Handing[b]
			sum.Coming[b] += t.Coming[b]
		}
	}
	slices.SortStableFunc(list, func(a, b engine.Traffic) int {
		return cmp.Or(cmp.Compare(total(b), total(a)), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Sender, b.Sender))
	})
	return list
}

func total(t engine.Traffic) int { return t.Taken + t.Deferred + t.Refused + t.Lost }

// Chart is messages over time, in bars of one slot each, as shapes in a square of Width by Height.
type Chart struct {
	Width, Height int
	Bars          []Bar
	Top           int // messages that the full height stands for
	From, To      time.Time
}

// Bar is a part of a slot's bar.
type Bar struct {
	X, Y, W, H float64
	Kind       string // "taken", "deferred" or "failed"
	At         time.Time
	Count      int
}

const chartWidth, chartHeight = 720, 140

func chart(counted []engine.Traffic, since, now time.Time) Chart {
	first := since.Truncate(engine.TrafficSlot)
	c := Chart{Width: chartWidth, Height: chartHeight, Top: 1, From: first, To: now}
	slots := int(now.Sub(first)/engine.TrafficSlot) + 1
	sums := make([]engine.Traffic, slots)
	for _, t := range counted {
		if i := int(t.Slot.Sub(first) / engine.TrafficSlot); i >= 0 && i < slots {
			sums[i].Taken += t.Taken
			sums[i].Deferred += t.Deferred
			sums[i].Lost += t.Refused + t.Bounced + t.Lost
		}
	}
	for _, s := range sums {
		c.Top = max(c.Top, s.Taken+s.Deferred+s.Lost)
	}
	width := float64(chartWidth) / float64(slots)
	for i, s := range sums {
		y := float64(chartHeight)
		for _, part := range []struct {
			kind  string
			count int
		}{{"taken", s.Taken}, {"deferred", s.Deferred}, {"failed", s.Lost}} {
			if part.count == 0 {
				continue
			}
			h := float64(chartHeight) * float64(part.count) / float64(c.Top)
			y -= h
			c.Bars = append(c.Bars, Bar{
				X: float64(i) * width, Y: y, W: max(1, width-1), H: h, Kind: part.kind, Count: part.count, At: first.Add(time.Duration(i) * engine.TrafficSlot),
			})
		}
	}
	return c
}
