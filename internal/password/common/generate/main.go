// Command generate makes the list of common passwords that the password package
// embeds, and the notice that goes with it, from one pinned release of the npm
// package @zxcvbn-ts/language-common. The same release gives the same bytes.
//
// It needs npm. It is run by "go generate ./internal/password", and only when the
// release below is raised.
package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"math/bits"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// The release, and the SHA-512 of its archive as the registry states it.
const (
	name      = "@zxcvbn-ts/language-common"
	version   = "4.1.3"
	integrity = "g2bg4skmlJG9aJqC/nWziZzgYpSe/f3rKeGobrkdFiOrfZVFqqzUgC6BUQWuX54Sua9j0Jxxt+1bf4f/Mal1Kg=="
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: generate FOLDER")
	}
	if err := generate(os.Args[1]); err != nil {
		log.Fatalf("generate: %v", err)
	}
}

func generate(folder string) error {
	archive, err := pack()
	if err != nil {
		return err
	}
	words, err := archive.words()
	if err != nil {
		return err
	}
	list, err := encode(words)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "passwords.txt"), list, 0o644); err != nil {
		return err
	}
	notice := fmt.Sprintf("passwords.txt holds the list of common passwords of %s %s,\nsorted anew by \"go generate\". Its licence:\n\n%s\n",
		name, version, strings.TrimSpace(string(archive["package/LICENSE.txt"])))
	return os.WriteFile(filepath.Join(folder, "NOTICE"), []byte(notice), 0o644)
}

// files are the contents of an archive by their names.
type files map[string][]byte

// pack fetches the pinned release and checks that it is the one that was reviewed.
func pack() (files, error) {
	folder, err := os.MkdirTemp("", "generate")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	npm := exec.Command("npm", "pack", "--silent", name+"@"+version)
	npm.Dir, npm.Stderr = folder, os.Stderr
	out, err := npm.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack: %w", err)
	}
	packed, err := os.ReadFile(filepath.Join(folder, filepath.Base(strings.TrimSpace(string(out)))))
	if err != nil {
		return nil, err
	}
	if sum := sha512.Sum512(packed); base64.StdEncoding.EncodeToString(sum[:]) != integrity {
		return nil, fmt.Errorf("%s %s is not the archive that was reviewed: sha512 %s", name, version, base64.StdEncoding.EncodeToString(sum[:]))
	}
	return unpack(packed)
}

func unpack(packed []byte) (files, error) {
	plain, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	found := make(files)
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if found[header.Name], err = io.ReadAll(archive); err != nil {
			return nil, err
		}
	}
}

// words returns the list, the most common first.
func (f files) words() ([]string, error) {
	var words []string
	if err := json.Unmarshal(f["package/src/passwords.json"], &words); err != nil {
		return nil, fmt.Errorf("list of passwords: %w", err)
	}
	return words, nil
}

// encode writes the form that ../../common.go reads: one line for each length, the
// first for one byte; on it, sorted and with nothing between them, the words of
// that length, each followed by a letter for its rank, "a" for the first, "b" for
// the next two, "c" for the next four.
func encode(words []string) ([]byte, error) {
	var lines [][]string
	for rank, word := range words {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return r <= ' ' || r > '~' }) || word != strings.ToLower(word) {
			return nil, fmt.Errorf("%q is not in printable lower-case ASCII, which the lookup relies on", word)
		}
		for len(lines) < len(word) {
			lines = append(lines, nil)
		}
		letter := rune('a' + bits.Len(uint(rank+1)) - 1)
		lines[len(word)-1] = append(lines[len(word)-1], word+string(letter))
	}
	var list bytes.Buffer
	for i, line := range lines {
		width := i + 1
		slices.SortFunc(line, func(a, b string) int { return cmp.Compare(a[:width], b[:width]) })
		for j := 1; j < len(line); j++ {
			if line[j-1][:width] == line[j][:width] {
				return nil, fmt.Errorf("%q is there twice", line[j][:width])
			}
		}
		list.WriteString(strings.Join(line, ""))
		list.WriteByte('\n')
	}
	return list.Bytes(), nil
}
