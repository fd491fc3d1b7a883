package daemon

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

	"twohens/internal/secret"
	"twohens/scratch"
)

// keys are the secrets that live outside the database (invariant 6): whoever has one of the two has nothing.
type keys struct {
	codes      *secret.Ring // codes and links; numbered, the highest makes new ones
	answers    *secret.Ring // peppers of answers and saved codes; numbered, each stays as long as an answer made with it
	challenges scratch.Keys // seals cards; numbered likewise
	decoys     secret.Key   // never rotated: a decoy's id would change, and its tally with it
	questions  secret.Key   // decides which questions are asked; never rotated: unknown addresses would be asked others
	bounces    secret.Key   // makes return addresses; never rotated: mails come back for days
	addresses  secret.Key   // names buckets of addresses; never rotated: a limit would start afresh
}

// loadKeys reads the keys in a folder. What is missing is made, for the owner alone: the folder 0700, each file 0600.
//
// New keys for a database that has open requests mean that the codes which are out stop working, and nothing worse. They are
// told in the log, because they are also what a forgotten mount looks like.
func loadKeys(folder string, log *slog.Logger) (keys, error) {
	var k keys
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return k, fmt.Errorf("keys: %w", err)
	}
	if info, err := os.Stat(folder); err == nil && info.Mode().Perm()&0o077 != 0 {
		log.Warn("others may look into the folder of keys, chmod 700 it", "folder", folder)
	}
	var err error
	if k.decoys, err = loadKey(filepath.Join(folder, "decoys.key"), log); err != nil {
		return k, err
	}
	if k.addresses, err = loadKey(filepath.Join(folder, "addresses.key"), log); err != nil {
		return k, err
	}
	if k.questions, err = loadKey(filepath.Join(folder, "questions.key"), log); err != nil {
		return k, err
	}
	if k.bounces, err = loadKey(filepath.Join(folder, "bounces.key"), log); err != nil {
		return k, err
	}
	if k.codes, err = loadRing(folder, "codes", log); err != nil {
		return k, err
	}
	if k.answers, err = loadRing(folder, "answers", log); err != nil {
		return k, err
	}
	challenges, err := loadNumbered(folder, "challenges", log)
	if err != nil {
		return k, err
	}
	var ring []scratch.Key
	for _, n := range challenges {
		ring = append(ring, scratch.Key{ID: n.id, Secret: n.key.Bytes()})
	}
	k.challenges, err = scratch.NewKeys(ring...)
	return k, err
}

// loadKey reads a key, or makes it.
func loadKey(path string, log *slog.Logger) (secret.Key, error) {
	key, err := secret.LoadKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		log.Info("making a key", "file", path)
		key, err = secret.CreateKey(path)
		if errors.Is(err, fs.ErrExist) { // another node was quicker
			key, err = secret.LoadKey(path)
		}
	}
	if err != nil {
		return secret.Key{}, fmt.Errorf("keys: %w", err)
	}
	return key, nil
}

// numbered is one of several keys of a purpose.
type numbered struct {
	id     string
	number int
	key    secret.Key
}

// loadRing reads the numbered keys of a purpose as a ring.
func loadRing(folder, purpose string, log *slog.Logger) (*secret.Ring, error) {
	list, err := loadNumbered(folder, purpose, log)
	if err != nil {
		return nil, err
	}
	ring := secret.NewRing(list[0].id, list[0].key)
	for _, old := range list[1:] {
		if err := ring.Keep(old.id, old.key); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// loadNumbered reads purpose-1.key, purpose-2.key and so on, the highest number first. Without any, it makes the first.
func loadNumbered(folder, purpose string, log *slog.Logger) ([]numbered, error) {
	paths, err := filepath.Glob(filepath.Join(folder, purpose+"-*.key"))
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if len(paths) == 0 {
		paths = []string{filepath.Join(folder, purpose+"-1.key")}
	}
	var list []numbered
	for _, path := range paths {
		id := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), purpose+"-"), ".key")
		number, err := strconv.Atoi(id)
		if err != nil || strconv.Itoa(number) != id || number < 1 {
			return nil, fmt.Errorf("keys: %s: name it %s-1.key, %s-2.key and so on", path, purpose, purpose)
		}
		key, err := loadKey(path, log)
		if err != nil {
			return nil, err
		}
		list = append(list, numbered{id, number, key})
	}
	slices.SortFunc(list, func(a, b numbered) int { return b.number - a.number })
	return list, nil
}
