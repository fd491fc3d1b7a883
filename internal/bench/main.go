// Command bench measures the product as it runs: the real program, over its API, with its mails going out by SMTP and its texts by HTTP,
// and with the load generator and the sink for both on the same machine. `make bench` runs it and prints the table that the README quotes.
//
// The password hash is replaced by a cheap one, by configuration, so that it does not hide the rest; one line measures the
// default hash. Everything else is as shipped: synchronous=FULL on SQLite, synchronous_commit=on on PostgreSQL.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	duration := flag.Duration("duration", 10*time.Second, "of each measurement")
	parallel := flag.Int("parallel", 16, "recoveries at a time, for throughput")
	rate := flag.Int("rate", 50, "recoveries a second, for latency; or requests, of the storm")
	only := flag.String("only", "", "sqlite, postgres, or attack; empty: all, and SMPP")
	keep := flag.Bool("keep", false, "leave the folder of the run behind")
	profile := flag.String("profile", "", "write CPU profiles of the server's throughput runs to this path, .sqlite, .hash and .postgresql added")
	at := flag.String("storm", "", "be the strangers of the attack, at this address, -rate requests a second; the other flags say nothing then")
	flag.Parse()
	if *at != "" {
		if err := storm(*at, *rate); err != nil {
			fmt.Fprintln(os.Stderr, "storm:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := bench{duration: *duration, parallel: *parallel, rate: *rate, profile: *profile}
	if err := b.run(ctx, *only, *keep); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type bench struct {
	duration time.Duration
	parallel int
	rate     int
	profile  string
	folder   string
	program  string
	rows     []row
}

// row is a line of the table.
type row struct{ what, figure, goal string }

func (b *bench) add(what, goal, format string, args ...any) {
	b.rows = append(b.rows, row{what, fmt.Sprintf(format, args...), goal})
	fmt.Fprintf(os.Stderr, "%s: %s\n", what, b.rows[len(b.rows)-1].figure)
}

func (b *bench) run(ctx context.Context, only string, keep bool) error {
	// Under the tree, not in a temporary folder: that one may be memory, where a disk's wait cannot be measured.
	cache, err := filepath.Abs(".cache")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	if b.folder, err = os.MkdirTemp(cache, "bench-"); err != nil {
		return err
	}
	if err := os.Chmod(b.folder, 0o755); err != nil { // PostgreSQL runs as another user
		return err
	}
	if !keep {
		defer os.RemoveAll(b.folder)
	}
	b.program = filepath.Join(b.folder, "twohens")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.program, "./cmd/twohens")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	sync, err := syncTime(b.folder)
	if err != nil {
		return err
	}
	b.add("fdatasync of 4 kB, median", "", "%d µs", sync.Microseconds())
	if only != "postgres" {
		if err := b.sqlite(ctx, only == "attack"); err != nil {
			return fmt.Errorf("sqlite: %w", err)
		}
	}
	if only == "postgres" || only == "" {
		if err := b.postgres(ctx); err != nil {
			return fmt.Errorf("postgres: %w", err)
		}
	}
	if only == "" {
		if err := b.smpp(ctx); err != nil {
			return fmt.Errorf("smpp: %w", err)
		}
	}
	b.print()
	return nil
}

func (b *bench) print() {
	fmt.Printf("\n%s, %d cores, %s, %s\n\n", processor(), runtime.NumCPU(), runtime.Version(), time.Now().UTC().Format(time.DateOnly))
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 1, ' ', 0)
	fmt.Fprintln(w, "| measured\t| figure\t| goal\t|")
	fmt.Fprintln(w, "| ---\t| ---\t| ---\t|")
	for _, r := range b.rows {
		fmt.Fprintf(w, "| %s\t| %s\t| %s\t|\n", r.what, r.figure, r.goal)
	}
	w.Flush()
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
