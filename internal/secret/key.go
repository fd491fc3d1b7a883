package secret

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// Key is 256 secret bits for one purpose, from which everything of that purpose is derived.
type Key struct{ hiddenText }

// NewKey draws a key.
func NewKey() Key {
	b := make([]byte, KeySize)
	rand.Read(b)
	return Key{hide(string(b))}
}

// ParseKey reads a key as CreateKey wrote it: 32 bytes in base64, white space around it ignored.
func ParseKey(text []byte) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != KeySize {
		return Key{}, fmt.Errorf("a key is %d bytes in base64", KeySize)
	}
	return Key{hide(string(b))}, nil
}

// LoadKey reads the key in the file at path.
func LoadKey(path string) (Key, error) {
	key, _, err := LoadKeyFrom(path)
	return key, err
}

// LoadKeyFrom reads the key in the file at path, and from when on it makes new codes, which its second line may say: zero, at once.
func LoadKeyFrom(path string) (Key, time.Time, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Key{}, time.Time{}, err
	}
	first, second, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	key, err := ParseKey([]byte(first))
	if err != nil {
		return Key{}, time.Time{}, fmt.Errorf("%s: %w", path, err)
	}
	var from time.Time
	if second != "" {
		if from, err = time.Parse(keyFrom, second); err != nil {
			return Key{}, time.Time{}, fmt.Errorf("%s: its second line is not like %q", path, keyFrom)
		}
	}
	return key, from, nil
}

// keyFrom is the second line of a key that nodes get to know before they use it.
const keyFrom = "from 2006-01-02T15:04:05Z"

// unfinished is what a key's file is called while it is written. A program that is killed may leave one behind, and it may be the key itself,
// by a second name.
const unfinished = ".key-*"

// CreateKey writes a new key to a file that must not exist yet, readable by its owner alone, and returns it once the file is
// on disk. The file appears whole or not at all: a half-written key would shut out everyone whose code it made.
func CreateKey(path string) (Key, error) { return CreateKeyFrom(path, time.Time{}) }

// CreateKeyFrom is CreateKey, of a key that makes new codes from then on (whole seconds); zero: at once.
func CreateKeyFrom(path string, from time.Time) (Key, error) {
	key := NewKey()
	temp, err := os.CreateTemp(filepath.Dir(path), unfinished)
	if err != nil {
		return Key{}, err
	}
	defer os.Remove(temp.Name())
	text := base64.StdEncoding.EncodeToString(key.Bytes()) + "\n"
	if !from.IsZero() {
		text += from.UTC().Format(keyFrom) + "\n"
	}
	if _, err = temp.WriteString(text); err == nil {
		err = errors.Join(adopt(temp, filepath.Dir(path)), temp.Sync())
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return Key{}, err
	}
	// Link, unlike Rename, refuses to replace: two programs starting at once end up with one key.
	if err := os.Link(temp.Name(), path); err != nil {
		return Key{}, err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return Key{}, err
	}
	return key, nil
}

// RemoveKey destroys the key in a file, by all names that a program which was killed may have left it: what it made is dead from then on.
// What backups hold, and a disk's own spare blocks, is out of its reach.
func RemoveKey(path string) error {
	own, err := os.Stat(path)
	if err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), unfinished))
	if err != nil {
		return err
	}
	for _, second := range left {
		if info, err := os.Stat(second); err == nil && os.SameFile(own, info) {
			if err := os.Remove(second); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder puts the name of a new file on disk; without it a power cut may take the file away again.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// IsZero says that no key was given.
func (k Key) IsZero() bool { return k.text == nil }

// ForPurpose derives the key of one purpose, so that no two purposes ever share one.
func (k Key) ForPurpose(purpose string) Key {
	return Key{hide(string(k.mac("purpose", []byte(purpose))))}
}

// Bytes gives the key itself to an algorithm that needs it, such as a sealer.
func (k Key) Bytes() []byte { return []byte(k.reveal()) }

// MAC is HMAC-SHA-256 over the purpose and the fields, each prefixed by its length, so that no two lists of fields
// share an encoding ("ab","c" and "a","bc" differ).
func (k Key) MAC(purpose string, fields ...[]byte) [sha256.Size]byte {
	var sum [sha256.Size]byte
	copy(sum[:], k.mac(purpose, fields...))
	return sum
}

func (k Key) mac(purpose string, fields ...[]byte) []byte {
	if k.IsZero() {
		panic("secret: a key that was never set")
	}
	h := hmac.New(sha256.New, k.Bytes())
	var length [8]byte
	write := func(field []byte) {
		binary.BigEndian.PutUint64(length[:], uint64(len(field)))
		h.Write(length[:])
		h.Write(field)
	}
	write([]byte(purpose))
	for _, field := range fields {
		write(field)
	}
	return h.Sum(nil)
}
