package question

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

// What is looked at of an answer.
const (
	maxTyped  = 400 // bytes, before any work is done on it
	maxLetter = 100 // letters and digits, of the normal form
)

// ErrLong says that an answer is longer than anybody answers. It holds nothing of it.
var ErrLong = errors.New("question: the answer is too long")

// Answer is what a person answered, in its normal form. It cannot be printed, logged, marshalled or compared with ==, and nothing
// outside this package can read it. The zero Answer is none: it matches nothing.
type Answer struct {
	_ [0]func() // no ==, which would tell by its time how much of a guess was right
	// Behind a pointer, because fmt walks a struct's unexported fields without asking Answer how. Of a pointer it shows the address.
	text *string
}

// Parse reads an answer as typed. What is not UTF-8 is dropped like punctuation. The error is [ErrLong], and then the Answer is
// the zero one: whoever is answering, rather than setting up, goes on with it, so that it costs a try and the same work.
//
// Parse asks no rules, so that an answer of long ago stays right whatever the rules have become; [Refuse] does.
func Parse(typed string) (Answer, error) {
	if len(typed) > maxTyped {
		return Answer{}, ErrLong
	}
	text := normal(strings.ToValidUTF8(typed, ""))
	if utf8.RuneCountInString(text) > maxLetter {
		return Answer{}, ErrLong
	}
	if text == "" {
		return Answer{}, nil
	}
	return Answer{text: &text}, nil
}

// IsZero says that there is no answer: nothing was typed, or nothing with a letter or a digit in it.
func (a Answer) IsZero() bool { return a.text == nil }

func (a Answer) reveal() string {
	if a.text == nil {
		return ""
	}
	return *a.text
}

const redacted = "[answer]"

// Format writes "[answer]" whatever the verb.
func (Answer) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// String returns "[answer]".
func (Answer) String() string { return redacted }

// LogValue returns "[answer]".
func (Answer) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[answer]": an Answer is never stored as text.
func (Answer) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "[answer]", quoted.
func (Answer) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
