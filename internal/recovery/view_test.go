package recovery_test

import (
	"reflect"
	"slices"
	"strings"
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
		"State", "Reference", "Ways", "Proven", "Several", "Way", "Address", "Locale", "Questions", "Ready", "Digits", "CodeLife", "Expires",
		"CodeUntil", "NextClick", "Clicks", "TriesUsed", "Tries", "Now",
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
		State: recovery.Proving, Reference: w.ID.Reference(), Ways: []recovery.Way{recovery.WayEmail, recovery.WayPhone, recovery.WayQuestions},
		Way: recovery.WayEmail, Address: "ann@post.example", Locale: "en", Ready: true,
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

// What is asked comes with the worker, and until then the page waits, for everyone alike. It shows the questions' ids and never what
// the answers are judged by; how many saved codes are left it does not show either.
func TestViewByHeart(t *testing.T) {
	w := begin(withAll(recovery.Classic()))
	w.does(findReal())
	w.does(recovery.Choose{Way: recovery.WayQuestions})
	if v := w.View(w.now); v.Ready || v.Questions != nil {
		t.Errorf("before: %+v", v)
	}
	w.does(askQuestions())
	v := w.View(w.now)
	if !v.Ready || !slices.Equal(v.Questions, []string{"first-concert", "first-boss"}) || strings.Contains(shown(v), "account's") {
		t.Errorf("after: %s", shown(v))
	}
	w.does(recovery.Choose{Way: recovery.WaySaved})
	if v := w.View(w.now); v.Ready {
		t.Errorf("the saved codes are said to be there: %+v", v)
	}
	before := shown(w.View(w.now))
	w.does(askSaved())
	if v := w.View(w.now); !v.Ready || shown(v) != strings.Replace(before, "Ready:false", "Ready:true", 1) {
		t.Errorf("the saved codes show: %s", shown(v))
	}
	w.does(recovery.Choose{Way: recovery.WayPhone})
	if v := w.View(w.now); !v.Ready {
		t.Error("a way by code waits for no digests")
	}
}
