package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"

	"twohens/internal/secret"
)

// Rotates says why a purpose's keys do not come and go; nil: they do.
func Rotates(purpose Purpose) error {
	if why, ok := stays[purpose]; ok {
		return fmt.Errorf("the key of %s always stays the same: otherwise %s", purpose, why)
	}
	if !slices.Contains(Rotating, purpose) {
		return fmt.Errorf("%q is none of %s, %s, %s, %s and %s", purpose, Codes, Answers, Challenges, Bounces, Browsers)
	}
	return nil
}

// Rotate adds a key to a purpose, which makes new things from a moment on; zero: at once. It removes nothing.
func (f Folder) Rotate(purpose Purpose, from time.Time) (File, error) {
	if err := Rotates(purpose); err != nil {
		return File{}, err
	}
	for {
		ids, err := f.numbers(purpose)
		if err != nil {
			return File{}, err
		}
		next := 1
		if len(ids) > 0 {
			next = ids[0] + 1
		}
		id := strconv.Itoa(next)
		key, err := secret.CreateKeyFrom(f.path(purpose, id), from)
		switch {
		case err == nil:
			return File{Purpose: purpose, ID: id, Number: next, From: from.UTC().Truncate(time.Second), Key: key}, nil
		case !errors.Is(err, fs.ErrExist): // rotated by somebody else at the same moment: one more
			return File{}, fmt.Errorf("keys: %w", err)
		}
	}
}

// NeededUntil is when a key of a list, as Numbered gives it, is of no use any more for what it has made; zero when it is still making.
func NeededUntil(list []File, i int) time.Time {
	if i == 0 {
		return time.Time{}
	}
	next := list[i-1]
	since := next.From
	if since.IsZero() {
		since = next.Made
	}
	return since.Add(afterwards[next.Purpose])
}

// Remove destroys a key. What it made is dead once the nodes have seen it.
func (f Folder) Remove(file File) error {
	if err := secret.RemoveKey(f.path(file.Purpose, file.ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("keys: %w", err)
	}
	return nil
}
