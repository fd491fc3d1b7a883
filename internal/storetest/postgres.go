package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Postgres gives the address of an empty database on a private PostgreSQL server, started for this test program from the
// machine's packages and gone with it. The database is dropped when the test ends.
//
// Where there is no PostgreSQL, the test fails if CI is true in the environment and is skipped elsewhere.
func Postgres(t testing.TB) (dsn string) {
	t.Helper()
	return server(t, "fast", quick...).database(t)
}

// PostgresSchema is Postgres in a tenth of the time: an empty schema in a database that tests share. What reaches beyond a schema,
// such as notifications and other connections, they share as well.
func PostgresSchema(t testing.TB) (dsn string) {
	t.Helper()
	s := server(t, "fast", quick...)
	name := "test_" + strconv.FormatInt(s.made.Add(1), 10)
	if err := s.exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("making a schema: %v", err)
	}
	return s.address + "postgres?search_path=" + name
}

// quick are the settings of a server that need not survive anything.
var quick = []string{"-c", "fsync=off", "-c", "full_page_writes=off"}

// DurablePostgres is Postgres on a server that waits for the disk, as in production: for figures, and for tests that stop it.
func DurablePostgres(t testing.TB) (dsn string) {
	t.Helper()
	return server(t, "durable").database(t)
}

// postgresServer is a running server.
type postgresServer struct {
	address string    // a URL that lacks the database
	life    io.Closer // the pipe: kept here, since one that is forgotten is closed by the garbage collector
	made    atomic.Int64
}

var (
	serversLock sync.Mutex
	servers     = map[string]*postgresServer{}
)

// server starts the server of a kind, once for all tests.
func server(t testing.TB, kind string, options ...string) *postgresServer {
	t.Helper()
	serversLock.Lock()
	defer serversLock.Unlock()
	if s, ok := servers[kind]; ok {
		if s == nil {
			t.Fatal("PostgreSQL did not start for an earlier test")
		}
		return s
	}
	bin, err := binaries()
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("PostgreSQL is needed: %v", err)
		}
		t.Skipf("PostgreSQL is needed: %v", err)
	}
	servers[kind] = nil
	s, err := start(bin, options)
	if errors.Is(err, errPortTaken) {
		s, err = start(bin, options)
	}
	if err != nil {
		t.Fatalf("starting PostgreSQL: %v", err)
	}
	servers[kind] = s
	return s
}

// binaries finds the folder of PostgreSQL's programs: Debian keeps them out of the path.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("no initdb, neither in the path nor under /usr/lib/postgresql; install the package postgresql")
	}
	slices.SortFunc(found, func(a, b string) int { return major(b) - major(a) })
	return filepath.Dir(found[0]), nil
}

func major(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

// start makes a server in a new folder and waits until it answers.
//
// A test program ends in many ways, some of which run nothing more: a panic, a time-out, SIGKILL. So a shell waits for the end of a
// pipe that only this program holds, which comes in all of them, and then stops the server and removes its folder.
func start(bin string, options []string) (*postgresServer, error) {
	dir, err := os.MkdirTemp("", "twohens-postgres-")
	if err != nil {
		return nil, err
	}
	owner, err := unprivileged(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	data := filepath.Join(dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
	initdb.SysProcAttr, initdb.Dir = owner, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(dir))
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	const script = `
		bin=$1; data=$2; dir=$3; shift 3
		"$bin/postgres" -D "$data" "$@" </dev/null >"$dir/log" 2>&1 &
		server=$!
		cat >/dev/null
		kill -QUIT $server; wait $server
		rm -rf "$dir"`
	args := append([]string{"-c", script, "sh", bin, data, dir}, "-c", "listen_addresses=127.0.0.1", "-c", "port="+strconv.Itoa(port),
		"-c", "unix_socket_directories="+dir, "-c", "max_connections=200", "-c", "shared_buffers=64MB")
	keeper := exec.Command("sh", append(args, options...)...)
	keeper.SysProcAttr, keeper.Dir = owner, dir
	keeper.SysProcAttr.Setpgid = true // Ctrl-C ends the tests; the server ends after them
	var pipe io.WriteCloser
	if pipe, err = keeper.StdinPipe(); err != nil {
		return nil, err
	}
	if err := keeper.Start(); err != nil {
		return nil, errors.Join(err, pipe.Close(), os.RemoveAll(dir))
	}
	s := &postgresServer{address: fmt.Sprintf("postgres://postgres@127.0.0.1:%d/", port), life: pipe}
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		at, err := s.folder()
		if err == nil && at == data {
			return s, nil
		}
		if err == nil {
			return nil, errors.Join(errPortTaken, pipe.Close())
		}
		if time.Since(began) > 30*time.Second {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return nil, errors.Join(err, fmt.Errorf("its log: %s", log), pipe.Close())
		}
	}
}

// unprivileged makes the folder that of an account PostgreSQL agrees to run under, since it refuses to run as root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return &syscall.SysProcAttr{}, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

// errPortTaken says that another test program's server was quicker to take the free port. Using that one would end with it.
var errPortTaken = errors.New("another server has the port")

// freePort finds one that is free now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// database makes an empty one for a test.
func (s *postgresServer) database(t testing.TB) (dsn string) {
	t.Helper()
	name := "test_" + strconv.FormatInt(s.made.Add(1), 10)
	if err := s.exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("making a database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil && !strings.Contains(err.Error(), "refused") {
			t.Errorf("dropping a database: %v", err)
		}
	})
	return s.address + name
}

// exec runs a statement on the server's own database.
func (s *postgresServer) exec(sql string) error {
	return s.connected(func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
}

// folder is where whoever answers at the address keeps its data.
func (s *postgresServer) folder() (data string, err error) {
	err = s.connected(func(ctx context.Context, conn *pgx.Conn) error {
		return conn.QueryRow(ctx, "SHOW data_directory").Scan(&data)
	})
	return data, err
}

func (s *postgresServer) connected(do func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address+"postgres")
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, conn), conn.Close(ctx))
}
