// Command silence measures whether the time of an answer tells who has an account. It runs the program as it is, makes
// accounts of every kind, and has strangers ask about all of them in an order drawn by lot:
//
//	go run ./internal/silence questions
//
// Each run carries its own proof: two classes that are the same must not be told apart, and a known delay of 50 µs must. Where either
// fails the machine was too loud, and the run says nothing about the program. Tests of time fail by chance, so this is a command to
// be read by people; what it computes with is tested as usual.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	var r run
	flag.IntVar(&r.samples, "samples", asked, "of each class; R-02 asks for as many as this")
	flag.IntVar(&r.subjects, "subjects", 400, "accounts or addresses of each class")
	flag.IntVar(&r.parallel, "parallel", 8, "strangers at a time")
	costs := flag.String("hash", "cheap", "cheap, so that what lies around the hash shows, or default")
	flag.StringVar(&r.folder, "folder", os.TempDir(), "where the database is; in memory, as in /dev/shm, the waits for the disk are not measured")
	flag.StringVar(&r.plots, "plots", "", "a folder to draw what came out into, as SVG")
	flag.Usage = func() {
		var names []string
		for _, c := range cells {
			names = append(names, c.name)
		}
		fmt.Fprintf(flag.CommandLine.Output(), "silence [flags] %s\n", strings.Join(names, "|"))
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := r.all(ctx, *costs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "silence:", err)
		os.Exit(1)
	}
}

// run is what was asked for.
type run struct {
	samples, subjects, parallel int
	hash                        hash
	folder, plots               string
}

func (r *run) all(ctx context.Context, costs string, names []string) error {
	for _, h := range hashes {
		if h.name == costs {
			r.hash = h
		}
	}
	switch {
	case r.hash.name == "":
		return fmt.Errorf("no hash %q", costs)
	case len(names) == 0:
		return errors.New("nothing to measure: see -help")
	case r.samples < 100 || r.parallel < 1 || r.subjects < r.parallel:
		return errors.New("at least 100 samples, one stranger, and as many subjects as strangers")
	}
	for _, name := range names {
		found := false
		for _, c := range cells {
			if c.name == name {
				found = true
				if err := r.one(ctx, c); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
			}
		}
		if !found {
			return fmt.Errorf("nothing is called %q: see -help", name)
		}
	}
	return nil
}

// one measures a cell. The error also says that something could be told, or that nothing could have been.
func (r *run) one(ctx context.Context, c cell) (err error) {
	folder, err := os.MkdirTemp(r.folder, "silence-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	s, err := openStand(ctx, folder, conditions{hash: r.hash, parallel: r.parallel})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	classes, err := c.prepare(ctx, s, r.subjects)
	if err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	took, err := measure(ctx, classes, r.samples, r.samples/20, r.parallel)
	if err != nil {
		return err
	}
	result := newReport(c, r.hash, r.parallel, classes, took)
	result.write(os.Stdout)
	if r.plots != "" {
		if err := result.save(filepath.Join(r.plots, fmt.Sprintf("%s-%s-%d.svg", c.name, r.hash.name, r.parallel))); err != nil {
			return err
		}
	}
	if faults := result.faults(); len(faults) > 0 {
		return errors.New(strings.Join(faults, "; "))
	}
	return nil
}

func (r report) save(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(r.plot(file), file.Close())
}
