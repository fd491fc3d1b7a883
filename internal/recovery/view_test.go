package recovery_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"twohens/internal/recovery"
)

// Invariant 5: what leaves the engine is this and no more. A field that is added here must be one that a decoy shows as well:
// no account, no destination, no proof.
func TestViewFields(t *testing.T) {
	var got []string
	for f := range reflect.TypeFor[recovery.View]().Fields() {
		got = append(got, f.Name)
	}
	want := []string{
		"State", "Ways", "Way", "Address", "Locale", "Digits", "CodeLife", "Expires", "CodeUntil", "NextClick",
		"Clicks", "TriesUsed", "Tries", "Now",
	}
	if !slices.Equal(got, want) {
		t.Errorf("a view has %v", got)
	}
}

// R-20, invariant 8: the page shows what was typed, never the account's own record of it.
func TestViewShowsWhatWasTyped(t *testing.T) {
	w := begin(recovery.Classic())
	find := findReal()
	find.Contact = address("Ann.Other@Record.example")
	w.does(find)
	w.does(recovery.Choose{Way: recovery.WayEmail})
	if v := w.View(w.now); v.Address != "ann@post.example" {
		t.Errorf("shows %s", v.Address)
	}
}

func TestView(t *testing.T) {
	w := begin(recovery.Classic())
	w.does(findReal())
	if v := w.View(w.now); v.State != recovery.Choosing || !v.CodeUntil.IsZero() || !v.RunOut() || v.CoolDown() != 0 || v.TriesOver() {
		t.Errorf("opened: %+v", v)
	}
	w.does(recovery.Choose{Way: recovery.WayEmail})
	w.wait(20 * time.Second)
	w.does(wrong(recovery.Tally{}))
	v := w.View(w.now)
	want := recovery.View{
		State: recovery.Proving, Ways: []recovery.Way{recovery.WayEmail}, Way: recovery.WayEmail, Address: "ann@post.example", Locale: "en",
		Digits: 8, CodeLife: 15 * minute, Expires: noon.Add(time.Hour), CodeUntil: noon.Add(15 * minute), NextClick: noon.Add(minute),
		Clicks: 1, TriesUsed: 1, Tries: 5, Now: noon.Add(20 * time.Second),
	}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("chosen:\n got %+v\nwant %+v", v, want)
	}
	if v.CoolDown() != 40*time.Second || v.RunOut() || v.TriesOver() {
		t.Errorf("cool-down %v, run out %t, tries over %t", v.CoolDown(), v.RunOut(), v.TriesOver())
	}
	if v := w.View(noon.Add(time.Hour - 1)); v.State != recovery.Proving || v.CoolDown() != 0 {
		t.Errorf("a moment before the end: %+v", v)
	}
	if v := w.View(noon.Add(time.Hour)); v.State != recovery.Closed {
		t.Errorf("at the end: %s", v.State)
	}
	w.does(right(recovery.Tally{}))
	w.does(recovery.Set{})
	if v := w.View(noon.Add(2 * time.Hour)); v.State != recovery.Done {
		t.Errorf("a request that was done stays done: %s", v.State)
	}
}
