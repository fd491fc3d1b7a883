package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"twohens/internal/engine"
)

var (
	midnight  = noon.Truncate(24 * time.Hour)
	yesterday = midnight.Add(-24 * time.Hour)
	errCapped = errors.New("over a cap")
)

func toll(day time.Time, country string, micros int64) engine.Toll {
	return engine.Toll{Day: day, Country: country, Texts: 1, Parts: 2, Micros: micros}
}

// pay pays a toll, and gives errCapped for one that was over a cap.
func pay(ctx context.Context, s engine.Tolls, t engine.Toll, caps ...engine.SpendCap) error {
	paid, err := s.Pay(ctx, t, caps)
	if err == nil && !paid {
		err = errCapped
	}
	return err
}

func spending(t testing.TB, s engine.Tolls, since time.Time) []engine.Toll {
	t.Helper()
	list, err := s.Spending(t.Context(), since)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func turnout(t testing.TB, s engine.Tolls, of engine.Range, since time.Time) engine.Turnout {
	t.Helper()
	got, err := s.Turnout(t.Context(), of, since)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func paused(t testing.TB, s engine.Tolls, now time.Time, ranges ...engine.Range) bool {
	t.Helper()
	yes, err := s.Paused(t.Context(), now, ranges...)
	if err != nil {
		t.Fatal(err)
	}
	return yes
}

var tolls = []contract{
	{"within each cap", func(t *testing.T, s Opened) {
		for _, before := range []engine.Toll{toll(yesterday, "ES", 70), toll(midnight, "ES", 40), toll(midnight, "FR", 50)} {
			if err := pay(t.Context(), s, before); err != nil {
				t.Fatal(err)
			}
		}
		for name, tt := range map[string]struct {
			caps []engine.SpendCap
			err  error
		}{
			"none":                      {nil, nil},
			"no figure":                 {[]engine.SpendCap{{Since: midnight}}, nil},
			"money, just":               {[]engine.SpendCap{{Since: midnight, Micros: 100}}, nil},
			"money, one too many":       {[]engine.SpendCap{{Since: midnight, Micros: 99}}, errCapped},
			"money of both days":        {[]engine.SpendCap{{Since: yesterday, Micros: 169}}, errCapped},
			"money of both days, just":  {[]engine.SpendCap{{Since: yesterday, Micros: 170}}, nil},
			"texts, just":               {[]engine.SpendCap{{Since: midnight, Texts: 3}}, nil},
			"texts, one too many":       {[]engine.SpendCap{{Since: midnight, Texts: 2}}, errCapped},
			"of the country":            {[]engine.SpendCap{{Since: midnight, Country: "ES", Micros: 50, Texts: 2}}, nil},
			"of the country, too many":  {[]engine.SpendCap{{Since: midnight, Country: "ES", Micros: 49}}, errCapped},
			"of another":                {[]engine.SpendCap{{Since: midnight, Country: "FR", Texts: 1, Micros: 1}}, nil},
			"of one with nothing":       {[]engine.SpendCap{{Since: midnight, Country: "PT", Texts: 1}}, nil},
			"of tomorrow":               {[]engine.SpendCap{{Since: midnight.Add(24 * time.Hour), Texts: 1, Micros: 10}}, nil},
			"the last of three":         {[]engine.SpendCap{{Since: midnight, Texts: 9}, {Since: yesterday, Micros: 900}, {Since: midnight, Country: "ES", Texts: 1}}, errCapped},
			"the first of three":        {[]engine.SpendCap{{Since: midnight, Texts: 1}, {Since: yesterday, Micros: 900}, {Since: midnight, Country: "ES", Texts: 9}}, errCapped},
			"three":                     {[]engine.SpendCap{{Since: midnight, Texts: 9}, {Since: yesterday, Micros: 900}, {Since: midnight, Country: "ES", Texts: 9}}, nil},
			"a country that is no name": {[]engine.SpendCap{{Since: midnight, Country: `"}' --`, Texts: 1}}, nil},
		} {
			before := spending(t, s, yesterday)
			if err := pay(t.Context(), s, toll(midnight, "ES", 10), tt.caps...); !errors.Is(err, tt.err) {
				t.Errorf("%s: %v, want %v", name, err, tt.err)
			} else if err == nil {
				if err := s.Repay(t.Context(), toll(midnight, "ES", 10)); err != nil {
					t.Fatal(err)
				}
			}
			if after := spending(t, s, yesterday); !slices.Equal(after, before) {
				t.Errorf("%s: %v became %v", name, before, after)
			}
		}
		if _, err := s.Pay(t.Context(), toll(midnight, "ES", -1), nil); err == nil {
			t.Error("a toll below nothing")
		}
	}},
	{"listed by day and country", func(t *testing.T, s Opened) {
		for _, each := range []engine.Toll{
			toll(midnight, "FR", 1), toll(midnight, "ES", 2), toll(yesterday, "ES", 3), toll(midnight, "ES", 4), toll(yesterday.Add(-24*time.Hour), "ES", 5),
		} {
			if err := pay(t.Context(), s, each); err != nil {
				t.Fatal(err)
			}
		}
		want := []engine.Toll{
			toll(yesterday, "ES", 3), {Day: midnight, Country: "ES", Texts: 2, Parts: 4, Micros: 6}, toll(midnight, "FR", 1),
		}
		if got := spending(t, s, yesterday); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}},
	{"never below nothing", func(t *testing.T, s Opened) {
		if err := s.Repay(t.Context(), toll(midnight, "ES", 10)); err != nil { // of a day that is not there
			t.Fatal(err)
		}
		if err := pay(t.Context(), s, toll(midnight, "ES", 10)); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Repay(t.Context(), engine.Toll{Day: midnight, Country: "ES", Texts: 1, Parts: 3, Micros: 4}); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := spending(t, s, yesterday), []engine.Toll{{Day: midnight, Country: "ES", Micros: 2}}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}},
	{"many at once never pass a cap", func(t *testing.T, s Opened) { // two nodes, several countries, one cap over all
		other := s.Again(t)
		defer other.Close()
		caps := []engine.SpendCap{{Since: yesterday, Texts: 25}, {Since: midnight, Micros: 300}, {Since: midnight, Country: "C1", Texts: 3}}
		won := race(t, 80, errCapped, func(ctx context.Context, i int) error {
			return pay(ctx, []engine.Tolls{s, other}[i%2], toll(midnight, fmt.Sprintf("C%d", i/2%4), 10), caps...)
		})
		sum, one := engine.Toll{}, 0
		for _, each := range spending(t, s, yesterday) {
			sum.Texts, sum.Micros = sum.Texts+each.Texts, sum.Micros+each.Micros
			if each.Country == "C1" {
				one = each.Texts
			}
		}
		if won != 25 || sum.Texts != 25 || sum.Micros != 250 || one > 3 {
			t.Errorf("%d were paid: %d texts, %d of C1, for %d", won, sum.Texts, one, sum.Micros)
		}
		race(t, 25, nil, func(ctx context.Context, i int) error { // and back, while others pay
			if err := []engine.Tolls{s, other}[i%2].Repay(ctx, toll(midnight, "C0", 10)); err != nil {
				return err
			}
			return pay(ctx, s, toll(midnight, "C3", 0))
		})
		if list := spending(t, s, yesterday); len(list) == 0 || list[0].Country == "C0" && list[0].Texts != 0 {
			t.Errorf("%v", list)
		}
	}},
	{"turnouts add up", func(t *testing.T, s Opened) {
		slot := func(n int) time.Time { return midnight.Add(time.Duration(n) * 10 * time.Minute) }
		for _, each := range []engine.Turnout{
			{Slot: slot(0), Range: "+3460012", Country: "ES", Sent: 1}, {Slot: slot(0), Range: "+3460012", Country: "ES", Entered: 1},
			{Slot: slot(1), Range: "+3460012", Country: "ES", Sent: 5, Entered: 2}, {Slot: slot(1), Range: "+3460013", Country: "ES", Sent: 4},
			{Slot: slot(2), Range: "+3361234", Country: "FR", Sent: 9, Entered: 9}, {Slot: slot(2), Range: "+88213", Sent: 2},
		} {
			save(t, s, engine.Change{Turnout: &each})
		}
		for _, want := range []struct {
			since int
			sum   engine.Turnout
		}{
			{0, engine.Turnout{Range: "+3460012", Country: "ES", Sent: 6, Entered: 3}},
			{1, engine.Turnout{Range: "+3460012", Country: "ES", Sent: 5, Entered: 2}},
			{2, engine.Turnout{Range: "+3460012"}},
			{0, engine.Turnout{Range: "ES", Country: "ES", Sent: 10, Entered: 3}},
			{1, engine.Turnout{Range: "ES", Country: "ES", Sent: 9, Entered: 2}},
			{0, engine.Turnout{Range: "+88213", Sent: 2}},
			{0, engine.Turnout{Range: ""}},
			{0, engine.Turnout{Range: "PT"}},
		} {
			if got := turnout(t, s, want.sum.Range, slot(want.since)); got != want.sum {
				t.Errorf("since slot %d: %v, want %v", want.since, got, want.sum)
			}
		}
		for _, want := range []struct {
			since, limit int
			list         []engine.Range
		}{
			{0, 10, []engine.Range{"+3361234", "+3460012", "+3460013", "+88213"}}, {0, 2, []engine.Range{"+3361234", "+3460012"}},
			{2, 10, []engine.Range{"+3361234", "+88213"}}, {3, 10, nil},
		} {
			list, err := s.Turnouts(t.Context(), slot(want.since), want.limit)
			if err != nil {
				t.Fatal(err)
			}
			var got []engine.Range
			for _, each := range list {
				got = append(got, each.Range)
				if sum := turnout(t, s, each.Range, slot(want.since)); each != sum {
					t.Errorf("listed as %v, but %v", each, sum)
				}
			}
			if !slices.Equal(got, want.list) {
				t.Errorf("since slot %d: %v, want %v", want.since, got, want.list)
			}
		}
	}},
	{"many at once are all counted", func(t *testing.T, s Opened) {
		other := s.Again(t)
		defer other.Close()
		race(t, 60, nil, func(ctx context.Context, i int) error {
			of := engine.Range(fmt.Sprintf("+3460%d", i/2%3))
			return []engine.Store{s, other}[i%2].Save(ctx, engine.Change{
				Turnout: &engine.Turnout{Slot: midnight, Range: of, Country: "ES", Sent: 1, Entered: i % 2},
			})
		})
		for of, want := range map[engine.Range][2]int{"ES": {60, 30}, "+34601": {20, 10}} {
			if got := turnout(t, s, of, midnight); got.Sent != want[0] || got.Entered != want[1] {
				t.Errorf("%s: %v, want %v", of, got, want)
			}
		}
	}},
	{"pauses", func(t *testing.T, s Opened) {
		block := engine.Pause{Range: "+3460012", Began: noon, Until: noon.Add(time.Hour), Sent: 30, Entered: 1}
		country := engine.Pause{Range: "ES", Began: noon.Add(time.Minute), Until: noon.Add(2 * time.Hour), Sent: 200}
		for _, each := range []engine.Pause{block, country} {
			save(t, s, engine.Change{Pause: &each})
		}
		if !paused(t, s, noon, "FR", "+3460012") || !paused(t, s, noon, "ES") || paused(t, s, noon, "FR", "+3460013") || paused(t, s, noon) {
			t.Error("the wrong ranges are paused")
		}
		if paused(t, s, block.Until, "+3460012") || !paused(t, s, block.Until.Add(-time.Millisecond), "+3460012") {
			t.Error("a pause does not end when it should")
		}
		pausesAre(t, s, noon, country, block)
		pausesAre(t, s, block.Until, country)
		block.Began, block.Until, block.Sent = noon.Add(2*time.Minute), noon.Add(3*time.Hour), 31
		save(t, s, engine.Change{Pause: &block}) // in its own place
		pausesAre(t, s, noon, block, country)
		for _, step := range []struct {
			of   engine.Range
			at   time.Time
			want bool
		}{{"FR", noon, false}, {"ES", country.Until, false}, {"ES", noon, true}, {"ES", noon, false}} {
			if ended, err := s.Resume(t.Context(), step.of, step.at); err != nil || ended != step.want {
				t.Errorf("resuming %s: %v, %v", step.of, ended, err)
			}
		}
		pausesAre(t, s, noon, block)
	}},
	{"what was counted is forgotten with a pause", func(t *testing.T, s Opened) {
		counted := func(of engine.Range) int {
			got, err := s.Turnout(t.Context(), of, noon.Add(-time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return got.Sent
		}
		save(t, s, engine.Change{Turnout: &engine.Turnout{Slot: noon, Range: "+3460077", Country: "ES", Sent: 40}})
		if ended, err := s.Resume(t.Context(), "+3460077", noon); ended || err != nil || counted("+3460077") != 40 {
			t.Errorf("resumed what was not paused: %v, %v, %d left", ended, err, counted("+3460077"))
		}
		save(t, s, engine.Change{Pause: &engine.Pause{Range: "+3460077", Began: noon, Until: noon.Add(time.Hour)}})
		if ended, err := s.Resume(t.Context(), "+3460077", noon); !ended || err != nil || counted("+3460077") != 0 || counted("ES") != 40 {
			t.Errorf("%v, %v: %d of the block and %d of the country are left", ended, err, counted("+3460077"), counted("ES"))
		}
	}},
}

func pausesAre(t testing.TB, s engine.Tolls, now time.Time, want ...engine.Pause) {
	t.Helper()
	if got, err := s.Pauses(t.Context(), now); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v, %v", got, want, err)
	}
}
