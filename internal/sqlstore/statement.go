package sqlstore

import (
	"strconv"
	"strings"
)

// statement is one SQL statement in both dialects. It is written once, with a question mark for each argument, unless the
// dialects have to differ.
type statement struct {
	sqlite   string
	postgres string // arguments numbered
	must     string // of a step: the same, undoing its transaction when it changes no row
}

// both is a statement that is the same in both dialects.
func both(sql string) *statement { return each(sql, sql) }

// each is a statement that differs.
func each(sqlite, postgres string) *statement {
	numbered := number(postgres)
	return &statement{
		sqlite:   sqlite,
		postgres: numbered,
		must:     "WITH done AS (" + numbered + " RETURNING 1) SELECT twohens_must(count(*)) FROM done",
	}
}

// onlyPostgres is a step that SQLite, with its one writer, has no need of.
func onlyPostgres(sql string) *statement { return each("", sql) }

// number replaces each question mark by $1, $2 and so on. No statement here has one for another purpose.
func number(sql string) string {
	var b strings.Builder
	n := 0
	for part := range strings.SplitSeq(sql, "?") {
		if n > 0 {
			b.WriteString("$" + strconv.Itoa(n))
		}
		b.WriteString(part)
		n++
	}
	return b.String()
}

// step is one statement of a change.
type step struct {
	*statement
	args []any
	// otherwise is the error that undoes the whole change when the statement changed no row; nil: that is fine.
	otherwise error
}

// do is a step that may change nothing.
func do(s *statement, args ...any) step { return step{statement: s, args: args} }

// must is a step that has to change a row.
func must(otherwise error, s *statement, args ...any) step {
	return step{statement: s, args: args, otherwise: otherwise}
}

// query is a statement whose rows are handed to each, one after the other. A read that broke off halfway may be repeated: start,
// if any, is called before each attempt.
type query struct {
	*statement
	args  []any
	start func()
	each  func(row) error
	locks []step // PostgreSQL, of decide: run first, to wait for others who are about to add rows
}

// row is what a result is read from.
type row interface{ Scan(dest ...any) error }
