package recovery_test

import (
	"slices"
	"testing"

	"twohens/internal/recovery"
)

// The table and the walks speak of the same things.
func TestEdges(t *testing.T) {
	for i, e := range recovery.Edges {
		if !slices.Contains(recovery.States, e.From) || !slices.Contains(recovery.States, e.To) || e.Why == "" {
			t.Errorf("edge %+v", e)
		}
		if slices.ContainsFunc(recovery.Edges[:i], func(o recovery.Edge) bool { return o.From == e.From && o.By == e.By && o.To == e.To }) {
			t.Errorf("twice: %+v", e)
		}
		if (e.From == recovery.Done || e.From == recovery.Closed) && e.From != e.To || e.To == recovery.Start {
			t.Errorf("an end that is none, or a way back to the beginning: %+v", e)
		}
		proves := e.From == recovery.Proving && (e.By == "enter" || e.By == "answer")
		if e.To == recovery.Resetting && e.From != recovery.Start && !proves {
			t.Errorf("a way round the proof: %+v", e)
		}
	}
	opened, effects := recovery.Open(opening(recovery.Classic()), noon)
	if !inTable(recovery.Start, "open", opened.State) {
		t.Errorf("a request opens in %s", opened.State)
	}
	if k := kinds(effects); !slices.Equal(k, []recovery.EffectKind{recovery.EffectFind}) || !effects[0].NotAfter.Equal(opened.Expires) {
		t.Errorf("opening asks for %v", effects)
	}
	if opened.Found || opened.Real || opened.Account != "" || !opened.Grant.IsZero() || !opened.Link.IsZero() {
		t.Errorf("opened with more than it was given: %+v", opened)
	}
}

// A step along no edge is a fault of the program and is stopped before anything is saved.
func TestNoEdgePanics(t *testing.T) {
	kept := recovery.Edges
	defer func() { recovery.Edges = kept }()
	recovery.Edges = slices.Clone(kept)
	for i, e := range recovery.Edges {
		if e.By == "another" {
			recovery.Edges[i].To = recovery.Done
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("moved along no edge")
		}
	}()
	w := begin(recovery.Classic())
	w.does(recovery.Choose{Way: recovery.WayEmail})
	w.does(recovery.Another{})
}
