// Command silence measures whether the time of an answer tells who has an account. It runs the program as it is, makes
// accounts of every kind, and has strangers ask about all of them in an order drawn by lot:
//
//	go run ./internal/silence -mail fast,failing -database sqlite,postgres all
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
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	var r run
	flag.IntVar(&r.samples, "samples", enough, "of each class; R-02 asks for as many as this")
	flag.IntVar(&r.subjects, "subjects", 400, "accounts or addresses of each class")
	flag.IntVar(&r.parallel, "parallel", 8, "strangers at a time")
	flag.DurationVar(&r.most, "most", 10*time.Minute, "for how long samples of one cell are taken, at most; the report says how many there were")
	flag.DurationVar(&r.pause, "pause", 0, "before each request that is timed, so that what the one before set off is done: fewer samples, each of which tells more")
	costs := flag.String("hash", "cheap", "cheap, so that what lies around the hash shows, or default")
	mails := flag.String("mail", "fast", "how the mail server and the gateway do, one or more of fast,slow,failing,down")
	databases := flag.String("database", "sqlite", "one or both of sqlite,postgres")
	flag.StringVar(&r.folder, "folder", os.TempDir(), "where the database is; in memory, as in /dev/shm, the waits for the disk are not measured")
	flag.StringVar(&r.plots, "plots", "", "a folder to draw what came out into, as SVG")
	flag.Usage = func() {
		out := flag.CommandLine.Output()
		fmt.Fprint(out, "silence [flags] all|CELL...\n\n")
		for _, c := range cells {
			fmt.Fprintf(out, "  %-15s %s\n", c.name, c.what)
		}
		fmt.Fprintln(out)
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := r.parse(*costs, *mails, *databases, flag.Args())
	if err == nil {
		err = r.all(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "silence:", err)
		os.Exit(1)
	}
}

// run is what was asked for.
type run struct {
	samples, subjects, parallel int
	most, pause                 time.Duration
	hash                        hash
	folder, plots               string
	cells                       []cell
	posts                       []post
	databases                   []string
	rows                        []string // of the table at the end
}

func (r *run) parse(costs, mails, databases string, names []string) error {
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
	for _, name := range strings.Split(mails, ",") {
		p, err := parsePost(name)
		if err != nil {
			return err
		}
		r.posts = append(r.posts, p)
	}
	for _, name := range strings.Split(databases, ",") {
		if name != "sqlite" && name != "postgres" {
			return fmt.Errorf("no database %q", name)
		}
		r.databases = append(r.databases, name)
	}
	for _, name := range names {
		found := len(r.cells)
		for _, c := range cells {
			if c.name == name || name == "all" {
				r.cells = append(r.cells, c)
			}
		}
		if found == len(r.cells) {
			return fmt.Errorf("nothing is called %q: see -help", name)
		}
	}
	return nil
}

// all measures every cell with every mail on every database. What fails in one does not keep the others from being measured.
func (r *run) all(ctx context.Context) error {
	count := len(r.cells) * len(r.posts) * len(r.databases)
	fmt.Fprintf(os.Stderr, "%d to measure, samples are taken for %v at most\n", count, time.Duration(count)*r.most)
	defer func() {
		if len(r.rows) > 0 {
			fmt.Printf("\n### All of them\n\n%s%s", rowsHead, strings.Join(r.rows, ""))
		}
	}()
	var failed []error
	at := 0
	for _, database := range r.databases {
		for _, p := range r.posts {
			for _, c := range r.cells {
				at++
				fmt.Fprintf(os.Stderr, "%s  %d of %d: %s, mail %s, %s\n", time.Now().Format(time.TimeOnly), at, count, c.name, p, database)
				if err := r.one(ctx, c, p, database); err != nil {
					failed = append(failed, fmt.Errorf("%s, mail %s, %s: %w", c.name, p, database, err))
				}
				if ctx.Err() != nil {
					return errors.Join(append(failed, ctx.Err())...)
				}
			}
		}
	}
	return errors.Join(failed...)
}

// one measures a cell. The error also says that something could be told, or that nothing could have been.
func (r *run) one(ctx context.Context, c cell, p post, database string) (err error) {
	folder, err := os.MkdirTemp(r.folder, "silence-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	by := conditions{hash: r.hash, parallel: r.parallel, pause: r.pause, post: p, tls: c.pairs}
	if database == "postgres" {
		if err := os.Setenv("TMPDIR", r.folder); err != nil { // where its folder is made
			return err
		}
		f := new(fixtures)
		defer f.undo()
		if by.dsn, err = f.postgres(); err != nil {
			return err
		}
	}
	s, err := openStand(ctx, folder, by)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	classes, err := c.prepare(ctx, s, r.subjects)
	if err != nil {
		return fmt.Errorf("preparing: %w", err)
	}
	if by.dsn != "" {
		if err := vacuum(ctx, by.dsn); err != nil {
			return err
		}
	}
	if c.pairs {
		result, err := measurePairs(ctx, s, classes, r.samples, r.most)
		if err != nil {
			return err
		}
		result.cell, result.where = c, fmt.Sprintf("mail %s, %s", p, database)
		result.write(os.Stdout)
		return faulty(result.faults())
	}
	took, err := measure(ctx, classes, r.samples, r.samples/20, r.parallel, r.most)
	if err != nil {
		return err
	}
	result := newReport(c, r.hash, r.parallel, classes, took)
	result.where = fmt.Sprintf("mail %s, %s", p, database)
	result.write(os.Stdout)
	r.rows = append(r.rows, result.row())
	if r.plots != "" {
		name := fmt.Sprintf("silence-%s-%s-%d-%s-%s.svg", c.name, r.hash.name, r.parallel, p, database)
		if err := result.save(filepath.Join(r.plots, name)); err != nil {
			return err
		}
	}
	return faulty(result.faults())
}

// vacuum has PostgreSQL clear up after the preparation, which it would otherwise do while samples are taken.
func vacuum(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err == nil {
		_, err = conn.Exec(ctx, "VACUUM ANALYZE")
		err = errors.Join(err, conn.Close(ctx))
	}
	if err != nil {
		return fmt.Errorf("vacuum: %w", err)
	}
	return nil
}

func faulty(faults []string) error {
	if len(faults) > 0 {
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
