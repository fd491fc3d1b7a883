// Package keys is the folder of secret keys: what is in it, and how keys come and go. Whoever has the database and not this
// folder has nothing to make a code of (invariant 6).
package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"twohens/internal/secret"
)

// Folder is where the keys are. Several nodes have the same, or copies of it.
type Folder struct {
	Path string
	Log  *slog.Logger
}

// File is one numbered key.
type File struct {
	Purpose Purpose
	ID      string // its number, as it stands in what was made with it
	Number  int
	From    time.Time // makes new things from then on; zero: since it is there
	Made    time.Time // when its file was written
	Key     secret.Key
}

func (f Folder) path(purpose Purpose, id string) string {
	name := string(purpose) + ".key"
	if id != "" {
		name = string(purpose) + "-" + id + ".key"
	}
	return filepath.Join(f.Path, name)
}

// Prepare makes the folder, for its owner alone, and complains if others may look into it.
func (f Folder) Prepare() error {
	if err := os.MkdirAll(f.Path, 0o700); err != nil {
		return fmt.Errorf("keys: %w", err)
	}
	if info, err := os.Stat(f.Path); err == nil && info.Mode().Perm()&0o077 != 0 {
		f.Log.Warn("others may look into the folder of keys, chmod 700 it", "folder", f.Path)
	}
	return nil
}

// One reads the key of a purpose that has one, or makes it.
//
// New keys for a database that has open requests mean that the codes which are out stop working, and nothing worse. They are
// told in the log, because they are also what a forgotten mount looks like.
func (f Folder) One(purpose Purpose) (secret.Key, error) {
	file, err := f.load(purpose, "", true)
	return file.Key, err
}

// Existing is One, and makes nothing: ErrNone when there is none.
func (f Folder) Existing(purpose Purpose) (secret.Key, error) {
	file, err := f.load(purpose, "", false)
	if errors.Is(err, errGone) {
		return secret.Key{}, fmt.Errorf("%s: %w", f.path(purpose, ""), ErrNone)
	}
	return file.Key, err
}

// ErrNone says that a purpose has no key. A folder that others work in has one of each at any time: it is one that was not mounted.
var ErrNone = errors.New("keys: there is none")

// Numbered is Present, and makes the first key where there is none.
func (f Folder) Numbered(purpose Purpose) ([]File, error) {
	list, err := f.Present(purpose)
	if !errors.Is(err, ErrNone) {
		return list, err
	}
	if _, err := f.load(purpose, "1", true); err != nil {
		return nil, err
	}
	return f.Present(purpose)
}

// Present reads the keys of a purpose, the highest number first; ErrNone when there is none. It makes nothing: whoever has keys already must
// not take a folder that went away for a new beginning.
func (f Folder) Present(purpose Purpose) ([]File, error) {
	ids, err := f.numbers(purpose)
	if err != nil {
		return nil, err
	}
	var list []File
	for _, n := range ids {
		file, err := f.load(purpose, strconv.Itoa(n), false)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		file.Number = n
		list = append(list, file)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s: %w", f.path(purpose, "1"), ErrNone)
	}
	if len(list) == 0 { // all were removed while the folder was being read, so there are others
		return f.Present(purpose)
	}
	return list, nil
}

// errGone is a key that another program removed while the folder was being read.
var errGone = errors.New("keys: the file is gone")

// numbers are those that a purpose has, the highest first.
func (f Folder) numbers(purpose Purpose) ([]int, error) {
	paths, err := filepath.Glob(f.path(purpose, "*"))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	var list []int
	for _, path := range paths {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), string(purpose)+"-"), ".key")
		n, err := strconv.Atoi(id)
		if err != nil || strconv.Itoa(n) != id || n < 1 {
			return nil, fmt.Errorf("keys: %s: name it %s-1.key, %s-2.key and so on", path, purpose, purpose)
		}
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b int) int { return b - a })
	return list, nil
}

// load reads a key, or makes it if that is what the caller wants of one that is not there.
func (f Folder) load(purpose Purpose, id string, make bool) (File, error) {
	path := f.path(purpose, id)
	key, from, err := secret.LoadKeyFrom(path)
	if errors.Is(err, fs.ErrNotExist) {
		if !make {
			return File{}, errGone
		}
		f.Log.Info("making a key", "file", path)
		key, err = secret.CreateKey(path)
		if errors.Is(err, fs.ErrExist) { // another node was quicker
			key, from, err = secret.LoadKeyFrom(path)
		}
	}
	if err != nil {
		return File{}, fmt.Errorf("keys: %w", err)
	}
	file := File{Purpose: purpose, ID: id, From: from, Key: key}
	if info, err := os.Stat(path); err == nil {
		file.Made = info.ModTime()
	}
	return file, nil
}

// Newest is the place, in a list as Numbered gives it, of the key that makes new things at a moment: the highest number whose time has
// come. Nodes get to know a new key before any of them uses it, so that none meets a code that it cannot check.
func Newest(list []File, now time.Time) int {
	for i, f := range list {
		if !f.From.After(now) {
			return i
		}
	}
	return len(list) - 1 // a clock that is far behind
}

// NewestFirst is a list with the key in front that makes new things at a moment.
func NewestFirst(list []File, now time.Time) []File {
	newest := Newest(list, now)
	return slices.Concat(list[newest:newest+1], list[:newest], list[newest+1:])
}

// Ring makes a ring of a purpose's keys, in the order of NewestFirst.
func Ring(list []File) (*secret.Ring, error) {
	ring := secret.NewRing(list[0].ID, list[0].Key)
	for _, f := range list[1:] {
		if err := ring.Keep(f.ID, f.Key); err != nil {
			return nil, err
		}
	}
	return ring, nil
}
