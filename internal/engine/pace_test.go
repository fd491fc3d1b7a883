package engine_test

import (
	"testing"
	"time"

	"twohens/internal/engine"
)

// hour puts into the last closed hour what was counted of a place, and to how many people.
func (h *house) hour(place engine.Place, people int, t engine.Traffic) {
	h.t.Helper()
	began := h.now().Truncate(time.Hour).Add(-time.Hour)
	t.Slot, t.Lane, t.Place, t.Sender = began.Add(20*time.Minute), engine.LaneMail, place, "main"
	change := engine.Change{Traffic: []engine.Traffic{t}}
	for i := range people {
		change.Recipients = append(change.Recipients, engine.Recipient{Hour: began, Lane: engine.LaneMail, Place: place, Tag: [8]byte{byte(i), byte(i >> 8)}})
	}
	if err := h.store.Save(h.t.Context(), change); err != nil {
		h.t.Fatal(err)
	}
}

// closed hours only, of places on the list, from fifty people up; coarse enough that nobody's message shows.
func TestPace(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Public = func(lane engine.Lane, place engine.Place) bool {
			return lane == engine.LaneMail && place != "own.example"
		}
		n := h.idle()
		usual := engine.Traffic{Taken: 100, Entered: 80, Coming: [engine.Buckets]int{2: 10, 3: 20, 4: 40, 5: 10}}
		slow := engine.Traffic{Taken: 100, Entered: 40, Coming: [engine.Buckets]int{6: 40}}
		failing := engine.Traffic{Taken: 60, Refused: 10, Bounced: 5, Lost: 5, Entered: 60, Coming: [engine.Buckets]int{1: 60}}
		put := engine.Traffic{Deferred: 300, Taken: 20, Entered: 20, Coming: [engine.Buckets]int{1: 20}}
		silent := engine.Traffic{Taken: 100, Entered: 19, Coming: [engine.Buckets]int{1: 19}}
		h.hour("usual.example", 66, usual)
		h.hour("few.example", 49, usual)
		h.hour("own.example", 500, usual)
		h.hour("slow.example", 66, slow)
		h.hour("failing.example", 66, failing)
		h.hour("put.example", 66, put)
		h.hour("silent.example", 66, silent)
		for place, want := range map[engine.Place]struct {
			state engine.PaceState
			took  time.Duration
		}{
			"usual.example": {engine.PaceUsual, 2 * time.Minute}, "few.example": {}, "own.example": {}, "nobody.example": {}, "": {},
			"slow.example": {engine.PaceSlow, 8 * time.Minute}, "failing.example": {state: engine.PaceTrouble}, "put.example": {state: engine.PaceTrouble},
			"silent.example": {}, "\x00\xff": {},
		} {
			for range 2 { // the second time from memory
				got, err := n.Pace(t.Context(), engine.LaneMail, place)
				if err != nil || got.State != want.state || got.Took != want.took {
					t.Errorf("%q: %+v, %v", place, got, err)
				}
			}
		}
		// The hour that goes on says nothing: nobody sees what one message changes in it.
		h.wait(time.Hour)
		if got, err := n.Pace(t.Context(), engine.LaneMail, "usual.example"); err != nil || got.State != engine.PaceUnknown {
			t.Errorf("of an hour in which nothing was sent: %+v, %v", got, err)
		}
	})
}

// What a walk leaves behind is what Pace goes by: the people of an hour are counted once, and nobody else's.
func TestPaceCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.settings.Public = func(_ engine.Lane, place engine.Place) bool { return place == "post.example" }
		h.account("ann@post.example")
		h.account("bob@elsewhere.example")
		n := h.node()
		for _, at := range []string{"ann@post.example", "ann@post.example", "bob@elsewhere.example", "nobody@post.example"} {
			holder := n.opens(at)
			n.choose(holder)
		}
		h.board.until(t, "all are settled", func(b *board) bool { return b.count("send", engine.Carried)+b.count("send", engine.Nothing) == 4 })
		hour := h.now().Truncate(time.Hour)
		for place, want := range map[engine.Place]int{"post.example": 1, "elsewhere.example": 0} {
			people, err := h.store.Recipients(t.Context(), hour, engine.LaneMail, place)
			if before, _ := h.store.Recipients(t.Context(), hour.Add(-time.Hour), engine.LaneMail, place); err != nil || people+before < want || people+before > 2*want {
				t.Errorf("%s: %d people, %v", place, people+before, err)
			}
		}
	})
}

func TestQuantile(t *testing.T) {
	for want, waits := range map[time.Duration][engine.Buckets]int{
		0: {}, 500 * time.Millisecond: {10}, time.Second: {5, 5}, 10 * time.Minute: {7: 3}, 3 * time.Second: {1: 4},
	} {
		if got := engine.Median(waits); got != want {
			t.Errorf("%v: %s, want %s", waits, got, want)
		}
	}
	if got := engine.Quantile([engine.Buckets]int{90, 0, 0, 0, 0, 0, 0, 10}, 0.99); got != 10*time.Minute {
		t.Error(got)
	}
}
