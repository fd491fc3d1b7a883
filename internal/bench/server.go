package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is the program under measurement.
type server struct {
	command *exec.Cmd
	base    string
	log     *bytes.Buffer
}

// settings is the configuration that a measurement runs by.
const settings = `
[site]
name = "Bench"
public_url = "http://127.0.0.1:%[1]d"

[listen]
address = "127.0.0.1:%[1]d"

[database]
%[2]s

[keys]
folder = "keys"

[mail]
server = "127.0.0.1"
port = %[3]d
tls = "none"
from = "recovery@bench.example"

[sms]
gateways = ["sink"]
countries = ["ES"]
number = "100000/24h"
block = "1000000/24h"
country = "10000000/24h"
network = "1000000/24h"
day = 100000000
month = 1000000000
alarm_codes = 0

[sms.gateway.sink]
url = "%[5]s"
headers = ["Content-Type: application/json"]
body = '{"to": {{json .To}}, "text": {{json .Text}}}'
ref_path = "id"

[log]
level = "warn"

%[4]s
`

// What settings are completed by.
const (
	cheapHash   = "[password]\nhash_memory = \"8KiB\"\nhash_time = 1\nhash_threads = 1\nhash_queue = 256\n" + noLimits
	defaultHash = "[password]\nhash_queue = 256\n" + noLimits
	asShipped   = "" // but that nobody runs out of texts

	// noLimits has them out of the way: one machine plays everybody.
	noLimits = `[limits]
address = "100000/1h"
network = "100000/1h"
network_wide = "100000/1h"
site = "10000000/1h"
account = "100000/24h"
account_network = "100000/24h"
destination = "100000/24h"
`
)

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// start runs the program in a folder and waits until it answers. It returns how long that took.
func (b *bench) start(ctx context.Context, folder, database, rest string, sink *sink, env ...string) (*server, time.Duration, error) {
	port, err := freePort()
	if err != nil {
		return nil, 0, err
	}
	path := filepath.Join(folder, "twohens.toml")
	text := fmt.Sprintf(settings, port, database, sink.port(), rest, sink.texts())
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, 0, err
	}
	s := &server{base: fmt.Sprintf("http://127.0.0.1:%d", port), log: new(bytes.Buffer)}
	s.command = exec.CommandContext(ctx, b.program, "serve", "-config", path)
	s.command.Dir = folder
	s.command.Stderr = s.log
	s.command.Stdout = s.log
	s.command.Env = append(os.Environ(), env...)
	begun := time.Now()
	if err := s.command.Start(); err != nil {
		return nil, 0, err
	}
	for time.Since(begun) < 10*time.Second {
		answer, err := http.Get(s.base + "/api/v1/openapi.json")
		if err == nil {
			answer.Body.Close()
			return s, time.Since(begun), nil
		}
		time.Sleep(time.Millisecond) // the port is the only thing that tells
	}
	s.stop()
	return nil, 0, errors.New("it did not start:\n" + s.log.String())
}

// stop ends the program as an operator would.
func (s *server) stop() error {
	if err := s.command.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.command.Wait(); err != nil {
		return fmt.Errorf("stopping: %w\n%s", err, s.log)
	}
	return nil
}

// ticks is how many of the kernel's ticks make a second, on every Linux.
const ticks = 100

// processor is how much time of a processor the program has taken so far.
func (s *server) processor() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	_, after, _ := strings.Cut(string(text), ") ") // the program's name may hold anything
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / ticks
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// resident is the most memory that the program had at any moment, in MB.
func (s *server) resident() float64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if m := peak.FindSubmatch(text); m != nil {
		kB, _ := strconv.Atoi(string(m[1]))
		return float64(kB) / 1024
	}
	return 0
}
