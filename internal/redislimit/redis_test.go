package redislimit_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// redis is a real server on this machine, in a folder of its own.
type redis struct {
	t       *testing.T
	folder  string
	port    int
	cluster bool
	options []string
	process *exec.Cmd
}

// start starts one and waits until it answers. It keeps nothing on disk, as a server that only counts may.
func start(t *testing.T, cluster bool, options ...string) *redis {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is needed: script/prepare installs it")
		}
		t.Skip("redis-server is needed: script/prepare installs it")
	}
	r := &redis{t: t, folder: t.TempDir(), port: freePort(t), cluster: cluster, options: options}
	r.start()
	t.Cleanup(r.kill)
	return r
}

func (r *redis) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) }

func (r *redis) start() {
	r.t.Helper()
	args := []string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--dir", r.folder, "--save", "", "--appendonly", "no"}
	if r.cluster {
		args = append(args, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "2000", "--cluster-port", strconv.Itoa(freePort(r.t)))
	}
	r.process = exec.Command("redis-server", append(args, r.options...)...)
	r.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	log, err := os.OpenFile(filepath.Join(r.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		r.t.Fatal(err)
	}
	defer log.Close()
	r.process.Stdout, r.process.Stderr = log, log
	if err := r.process.Start(); err != nil {
		r.t.Fatal(err)
	}
	until(r.t, "Redis answers", func() bool {
		return strings.Contains(r.say("INFO", "server"), "process_id:"+strconv.Itoa(r.process.Process.Pid))
	})
}

// kill ends it as a machine does that loses its power.
func (r *redis) kill() {
	_ = r.process.Process.Signal(syscall.SIGCONT)
	_ = r.process.Process.Kill()
	_ = r.process.Wait()
}

func (r *redis) signal(s syscall.Signal) {
	r.t.Helper()
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Fatal(err)
	}
}

// say has redis-cli say something.
func (r *redis) say(words ...string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cli := exec.CommandContext(ctx, "redis-cli", append([]string{"-p", strconv.Itoa(r.port)}, words...)...)
	if at := slices.Index(r.options, "--requirepass"); at >= 0 {
		cli.Env = append(os.Environ(), "REDISCLI_AUTH="+r.options[at+1])
	}
	out, _ := cli.CombinedOutput()
	return string(bytes.TrimSpace(out))
}

// cluster starts three and joins them.
func cluster(t *testing.T) []*redis {
	t.Helper()
	var nodes []*redis
	args := []string{"--cluster", "create"}
	for range 3 {
		n := start(t, true)
		nodes, args = append(nodes, n), append(args, n.address())
	}
	ctx, stop := context.WithTimeout(t.Context(), 60*time.Second)
	defer stop()
	if out, err := exec.CommandContext(ctx, "redis-cli", append(args, "--cluster-replicas", "0", "--cluster-yes")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, n := range nodes {
		until(t, "the cluster is up", func() bool { return strings.Contains(n.say("CLUSTER", "INFO"), "cluster_state:ok") })
	}
	return nodes
}

func until(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func addresses(nodes ...*redis) (list []string) {
	for _, n := range nodes {
		list = append(list, n.address())
	}
	return list
}

func (r *redis) String() string { return fmt.Sprintf("redis on %d", r.port) }
