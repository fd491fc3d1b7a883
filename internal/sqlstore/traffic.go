package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"twohens/internal/engine"
)

// trafficCounts are the columns that are added up, in the order of trafficValues.
var trafficCounts = func() []string {
	list := []string{"taken", "deferred", "refused", "bounced", "delivered", "lost", "entered"}
	for _, wait := range []string{"handing", "coming"} {
		for i := range engine.Buckets {
			list = append(list, fmt.Sprintf("%s_%d", wait, i))
		}
	}
	return list
}()

var (
	addTraffic = both(fmt.Sprintf("INSERT INTO traffic (slot, lane, place, sender, %s) VALUES (?, ?, ?, ?%s) ON CONFLICT (lane, place, slot, sender) DO UPDATE SET %s",
		strings.Join(trafficCounts, ", "), strings.Repeat(", ?", len(trafficCounts)), func() string {
			var sums []string
			for _, c := range trafficCounts {
				sums = append(sums, fmt.Sprintf("%[1]s = traffic.%[1]s + excluded.%[1]s", c))
			}
			return strings.Join(sums, ", ")
		}()))

	trafficSince = both("SELECT slot, lane, place, sender, " + strings.Join(trafficCounts, ", ") +
		" FROM traffic WHERE slot >= ? AND slot < ? ORDER BY slot, lane, place, sender")
	trafficOfPlace = both("SELECT slot, lane, place, sender, " + strings.Join(trafficCounts, ", ") +
		" FROM traffic WHERE lane = ? AND place = ? AND slot >= ? AND slot < ? ORDER BY slot, sender")
)

// counts are the places of what is counted, in the order of trafficCounts.
func counts(t *engine.Traffic) []*int {
	list := []*int{&t.Taken, &t.Deferred, &t.Refused, &t.Bounced, &t.Delivered, &t.Lost, &t.Entered}
	for i := range t.Handing {
		list = append(list, &t.Handing[i])
	}
	for i := range t.Coming {
		list = append(list, &t.Coming[i])
	}
	return list
}

// countTraffic makes the steps that add to what was counted: one for each row, in one order for everyone.
func countTraffic(traffic []engine.Traffic) []step {
	slices.SortFunc(traffic, func(a, b engine.Traffic) int {
		return cmp.Or(a.Slot.Compare(b.Slot), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Place, b.Place), strings.Compare(a.Sender, b.Sender))
	})
	var rows []engine.Traffic
	for _, t := range traffic {
		if n := len(rows); n > 0 && rows[n-1].Slot.Equal(t.Slot) && rows[n-1].Lane == t.Lane && rows[n-1].Place == t.Place && rows[n-1].Sender == t.Sender {
			more := counts(&t)
			for i, sum := range counts(&rows[n-1]) {
				*sum += *more[i]
			}
			continue
		}
		rows = append(rows, t)
	}
	var steps []step
	for i := range rows {
		t := &rows[i]
		args := []any{millis(t.Slot), string(t.Lane), text(string(t.Place)), text(t.Sender)}
		for _, n := range counts(t) {
			args = append(args, *n)
		}
		steps = append(steps, do(addTraffic, args...))
	}
	return steps
}

// Traffic implements engine.Deliveries.
func (s *Store) Traffic(ctx context.Context, since, until time.Time, lane engine.Lane, place engine.Place) ([]engine.Traffic, error) {
	st, args := trafficSince, []any{millis(since), millis(until)}
	if place != "" {
		st, args = trafficOfPlace, []any{string(lane), text(string(place)), millis(since), millis(until)}
	}
	list, err := all(ctx, s, st, func(r row) (t engine.Traffic, err error) {
		var slot int64
		into := []any{&slot, &t.Lane, &t.Place, &t.Sender}
		for _, n := range counts(&t) {
			into = append(into, n)
		}
		err = r.Scan(into...)
		t.Slot = moment(slot)
		return t, err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("listing deliveries: %w", err)
	}
	return list, nil
}
