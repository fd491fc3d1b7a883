package page

import "time"

// SetUp sets the questions of the account up. Fields: question-1, answer-1, question-2, ... An answer is never shown back.
type SetUp struct {
	Rows   []SetUpRow
	Kept   int // how many are set up already; these go
	Since  time.Time
	Lapsed bool // there are some whose answers were deleted
	Busy   bool // too many answers are being hashed at once
}

// SetUpRow is one question to choose with its answer.
type SetUpRow struct {
	Number  int      // from 1
	Offered []string // ids, in the account's own order
	Chosen  string   // id; empty: none yet
	Refusal string   // see answerFaults and pickFaults
	Focus   bool     // the first refusal
}

// What is wrong with a choice, and with an answer.
var (
	pickFaults = map[string]string{
		"pick":  "setup.pick",
		"twice": "setup.twice",
	}
	answerFaults = map[string]string{
		"empty":   "setup.empty",
		"short":   "questions.refused.short",
		"long":    "questions.refused.long",
		"popular": "questions.refused.popular",
		"same":    "questions.refused.same",
		"yours":   "questions.refused.yours",
	}
)

// PickFault and AnswerFault are keys; empty: nothing is wrong.
func (r SetUpRow) PickFault() string   { return pickFaults[r.Refusal] }
func (r SetUpRow) AnswerFault() string { return answerFaults[r.Refusal] }

// Refused says that something was wrong, so that all answers have to be typed again.
func (m SetUp) Refused() bool {
	for _, row := range m.Rows {
		if row.Refusal != "" {
			return true
		}
	}
	return false
}

func (m SetUp) page() about { return about{"setup", "setup.title", m.Refused()} }
