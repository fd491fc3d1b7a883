package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"twohens/internal/gate"
	"twohens/scratch"
	"twohens/scratch/scratchtest"
)

// Any page of the walk gives a card that costs no work. The challenge's endpoints count no answers, since each costs work: there such a
// card could be guessed at without end, and its response opened the walk.
func TestAttackPlainCardAtTheWidget(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, mode := range []scratch.Mode{scratch.Pick, scratch.Hear} {
		card, err := s.gate.Plain(gate.Recover, mode)
		must(t, err)
		picks, err := scratchtest.Pick(s.keys, card)
		must(t, err)
		marks, err := json.Marshal(picks)
		must(t, err)
		before := s.rows()
		a := s.browser().sendForm("/challenge/judge", "application/json", fmt.Sprintf(`{"site":"own","action":"recover","card":%q,"picks":%s}`, card, marks))
		if a.status != http.StatusBadRequest || strings.Contains(a.body, "response") {
			t.Errorf("mode %d: %d %s", mode, a.status, a.body)
		}
		if s.rows() != before {
			t.Errorf("mode %d: something was written, without a limit", mode)
		}
	}
}
