package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// into writes tables into a document, in place of what stands between the marks of a command:
//
//	<!-- begin blind -->
//	<!-- end blind -->
func into(name, command string, tables []*table) error {
	before, after, err := around(name, command)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.Write(before)
	b.WriteByte('\n')
	for _, t := range tables {
		t.write(&b, true)
	}
	b.Write(after)
	// By way of another file, so that a full disk leaves the document whole.
	part, err := os.CreateTemp(filepath.Dir(name), ".strength-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	if _, err := part.Write(b.Bytes()); err != nil {
		part.Close()
		return err
	}
	if err := part.Chmod(0o644); err != nil {
		part.Close()
		return err
	}
	if err := part.Close(); err != nil {
		return err
	}
	return os.Rename(part.Name(), name)
}

// around is what stands in a document before a command's tables and after them, the marks included.
func around(name, command string) (before, after []byte, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, err
	}
	begin, end := fmt.Appendf(nil, "<!-- begin %s -->\n", command), fmt.Appendf(nil, "<!-- end %s -->\n", command)
	from := bytes.Index(text, begin)
	to := bytes.Index(text, end)
	if from < 0 || to < from+len(begin) {
		return nil, nil, fmt.Errorf("%s has no mark %q with %q after it", name, begin, end)
	}
	return text[:from+len(begin)], text[to:], nil
}
