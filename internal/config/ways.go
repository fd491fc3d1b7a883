package config

import (
	"fmt"
	"slices"
	"strings"

	"twohens/internal/recovery"
)

// anyTwo stands for every two of the three ways.
const anyTwo = "any two"

// proofs reads one entry of recovery.proof: the sets of ways that it stands for.
func proofs(text string) ([][]recovery.Way, error) {
	if strings.TrimSpace(text) == anyTwo {
		return [][]recovery.Way{
			{recovery.WayEmail, recovery.WayPhone}, {recovery.WayEmail, recovery.WayQuestions}, {recovery.WayPhone, recovery.WayQuestions},
		}, nil
	}
	var set []recovery.Way
	for name := range strings.SplitSeq(text, "+") {
		way, err := recovery.ParseWay(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.Contains(set, way) {
			return nil, fmt.Errorf("%s stands in it twice", way)
		}
		set = append(set, way)
	}
	return [][]recovery.Way{set}, nil
}

// checkWays asks whether everybody who is shown a way can get somewhere by it.
func (l *loader) checkWays(s *Recovery) {
	p := &s.Policy
	for i, way := range p.Ways {
		if slices.Contains(p.Ways[:i], way) {
			l.wrong("recovery.ways", fmt.Sprintf("has %q twice", way), "")
		}
	}
	if !slices.ContainsFunc(p.Ways, func(w recovery.Way) bool { return w == recovery.WayEmail || w == recovery.WayPhone }) {
		l.wrong("recovery.ways", "has no way by code", `it needs "email" or "phone": some people have nothing else, and a memory test must not be the only way (WCAG 3.3.8)`)
	}
	if len(p.Proofs) == 0 { // otherwise every way would be enough by itself, whatever the profile
		l.wrong("recovery.proof", "is empty", "leave it out, or write what is enough")
		return
	}
	if len(p.Ways) > 0 && !p.Enough(p.Ways) {
		l.wrong("recovery.proof", "nobody could ever prove anything: each set needs a way that is not in recovery.ways", "")
		return
	}
	for _, way := range p.Ways {
		if !p.Leads(way) {
			l.wrong("recovery.ways", fmt.Sprintf("offers %q, which leads nowhere", way), "no set of recovery.proof can be had with it; add one, or leave the way out")
		}
	}
}
