package sqlstore

import (
	"path/filepath"
	"strings"
	"testing"
)

// What is asked at every step finds its rows by an index, and in their order, however many there are.
func TestPlans(t *testing.T) {
	s := migrated(t, Config{Driver: SQLite, Path: filepath.Join(t.TempDir(), "x.db")})
	for _, st := range []*statement{leaseLane, leaseLanes} {
		if strings.Contains(st.sqlite, "LIMIT ?)") {
			t.Errorf("SQLite plans this anew each time: %s", st.sqlite)
		}
	}
	for name, st := range map[string]*statement{
		"account by address": accountByKey, "account by id": accountByID, "accounts": accountsAfter,
		"request by id": requestByID, "by cookie": requestByHolder, "by link": requestByLink, "by grant": requestByGrant, "by stop": requestByStop,
		"open requests": openRequests, "lease": leaseLane, "receipt": noteEntry, "its message": handedByRef, "by its id": handedByID, "messages": postedOf, "their steps": stepsOf,
		"reference": requestsReferred, "traffic": trafficSince, "of a place": trafficOfPlace, "recipients": recipientsOf, "ailments": ailmentsOf,
		"answers": answersOf, "saved codes": savedOf, "use": useSaved, "confirmation": confirmationOf, "confirmation by id": confirmationByID,
		"turnout": turnoutOf, "guesses": guessesBetween, "sessions": sessionsOf, "records": recordsOf,
	} {
		args := make([]any, strings.Count(st.sqlite, "?"))
		for i := range args {
			args[i] = "1"
		}
		explain := query{statement: both("EXPLAIN QUERY PLAN " + st.sqlite), args: args, each: func(r row) error {
			var id, parent, unused int
			var detail string
			if err := r.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			if strings.HasPrefix(detail, "SCAN") && !strings.HasSuffix(detail, " page") && !strings.HasSuffix(detail, " next") {
				t.Errorf("%s reads all: %s", name, detail)
			}
			if sorts := strings.Contains(detail, "TEMP B-TREE FOR ORDER BY"); sorts && st == leaseLane {
				t.Errorf("%s sorts: %s", name, detail)
			}
			return nil
		}}
		if err := s.db.read(t.Context(), explain); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
