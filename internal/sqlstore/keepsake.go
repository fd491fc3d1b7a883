package sqlstore

import (
	"context"
	"fmt"

	"twohens/internal/engine"
)

var (
	answersOf = both("SELECT question, digest, made FROM answer WHERE account = ? ORDER BY place")
	savedOf   = both("SELECT place, digest, made, used FROM saved_code WHERE account = ? ORDER BY place")

	deleteAnswers = both("DELETE FROM answer WHERE account = ?")
	insertAnswer  = both("INSERT INTO answer (account, place, question, digest, made) VALUES (?, ?, ?, ?, ?)")
	deleteSaved   = both("DELETE FROM saved_code WHERE account = ?")
	insertSaved   = both("INSERT INTO saved_code (account, place, digest, made, used) VALUES (?, ?, ?, ?, ?)")
	useSaved      = both("UPDATE saved_code SET used = ? WHERE account = ? AND place = ? AND digest = ? AND used = 0")

	// Two sets at once must not become one of both. The account's row keeps them apart, but one of another directory has no row here.
	lockKeepsakes = onlyPostgres("SELECT pg_advisory_xact_lock(hashtextextended(?, 7202617350))")
)

// keepAnswers makes the steps that replace the answers of an account.
func keepAnswers(a engine.AnswerSet) []step {
	steps := []step{do(lockKeepsakes, a.Account), do(noteChange, a.Account), do(deleteAnswers, a.Account)}
	for place, kept := range a.Answers {
		steps = append(steps, do(insertAnswer, a.Account, place, text(kept.Question), kept.Digest, millis(kept.Made)))
	}
	return steps
}

// keepSaved makes the steps that replace the saved codes of an account.
func keepSaved(s engine.SavedSet) []step {
	steps := []step{do(lockKeepsakes, s.Account), do(noteChange, s.Account), do(deleteSaved, s.Account)}
	for _, code := range s.Codes {
		steps = append(steps, do(insertSaved, s.Account, code.Place, code.Digest, millis(code.Made), millis(code.Used)))
	}
	return steps
}

// useUp makes the steps of a saved code that was used: of any number of uses one finds it unused.
func useUp(u engine.SavedUse) []step {
	return []step{must(engine.ErrChanged, useSaved, millis(u.At), u.Account, u.Place, u.Digest), do(noteChange, u.Account)}
}

// Answers implements engine.Keepsakes.
func (s *Store) Answers(ctx context.Context, account string) ([]engine.KeptAnswer, error) {
	list, err := all(ctx, s, answersOf, func(r row) (kept engine.KeptAnswer, err error) {
		var made int64
		err = r.Scan(&kept.Question, &kept.Digest, &made)
		kept.Made = moment(made)
		return kept, err
	}, text(account))
	if err != nil {
		return nil, fmt.Errorf("loading answers: %w", err)
	}
	return list, nil
}

// Saved implements engine.Keepsakes.
func (s *Store) Saved(ctx context.Context, account string) ([]engine.SavedCode, error) {
	list, err := all(ctx, s, savedOf, func(r row) (code engine.SavedCode, err error) {
		var made, used int64
		err = r.Scan(&code.Place, &code.Digest, &made, &used)
		code.Made, code.Used = moment(made), moment(used)
		return code, err
	}, text(account))
	if err != nil {
		return nil, fmt.Errorf("loading saved codes: %w", err)
	}
	return list, nil
}
