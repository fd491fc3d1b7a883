package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// startPostgres runs a PostgreSQL of its own in a folder, as its packages ship it: fsync and synchronous_commit on. Only the
// place and the port differ from the defaults.
func startPostgres(ctx context.Context, folder string) (dsn string, stop func(), err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return "", nil, fmt.Errorf("no PostgreSQL under /usr/lib/postgresql; script/prepare installs it")
	}
	slices.Sort(found)
	bin := found[len(found)-1]
	home := filepath.Join(folder, "server")
	if err := os.Mkdir(home, 0o700); err != nil {
		return "", nil, err
	}
	var as []string
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		if out, err := exec.CommandContext(ctx, "chown", "postgres", home).CombinedOutput(); err != nil {
			return "", nil, fmt.Errorf("chown: %s", trimmed(out))
		}
		as = []string{"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"}
	}
	run := func(args ...string) error {
		args = append(as[:len(as):len(as)], args...)
		command := exec.CommandContext(ctx, args[0], args[1:]...)
		command.Dir = home
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %s", args[len(as)], trimmed(out))
		}
		return nil
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	data := filepath.Join(home, "data")
	if err := run(filepath.Join(bin, "initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"); err != nil {
		return "", nil, err
	}
	options := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=%s", port, home)
	if err := run(filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-l", filepath.Join(home, "log"), "-o", options, "start"); err != nil {
		return "", nil, err
	}
	stop = func() {
		ctx = context.WithoutCancel(ctx)
		if err := run(filepath.Join(bin, "pg_ctl"), "-D", data, "-w", "-m", "fast", "stop"); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
	}
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port), stop, nil
}
