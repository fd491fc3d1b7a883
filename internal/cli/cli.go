// Package cli is the command line: what an operator types. Each sub-command is a struct with its flags and a Run method, in
// the file that has its name.
//
// A password is never an argument, where other users of the machine and the shell's history would see it: it is typed, or
// comes on standard input. Answers go to standard output, everything else to standard error. The exit status is 0 when it was
// done, 1 when it was not, 2 when the command was not understood.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"twohens/internal/config"
	"twohens/internal/daemon"
)

// commands is the whole command line.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Try everything out on this machine: nothing to configure, nothing to install."`
	Serve   serveCommand   `cmd:"" help:"Run the server."`
	Check   checkCommand   `cmd:"" help:"Explain a configuration: every mistake at once, the database, the mail server, the standards."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to date with this version."`
	Account accountCommand `cmd:"" help:"Built-in accounts."`
	Staff   staffCommand   `cmd:"" help:"Who may sign in to the console."`
	Mail    mailCommand    `cmd:"" help:"Mails: try them out."`
	Sms     smsCommand     `cmd:"" help:"Texts: what they cost, and what is paused."`
	Apikey  apikeyCommand  `cmd:"" name:"apikey" help:"Keys for a site's own back end."`
	Key     keyCommand     `cmd:"" help:"The keys that codes, answers and cards are made with: list, rotate, revoke."`
	Config  configCommand  `cmd:"" help:"Print what can be configured."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// terminal is what a command talks to.
type terminal struct {
	in      *os.File
	out     io.Writer
	err     io.Writer
	environ []string
}

// Main runs the command line of this process and returns its exit status. The first interrupt ends a server in good order;
// a second one kills it.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	return run(ctx, os.Args[1:], &terminal{os.Stdin, os.Stdout, os.Stderr, os.Environ()})
}

const description = "Account recovery for any site. Begin with: twohens demo"

func run(ctx context.Context, args []string, t *terminal) int {
	var c commands
	ended := -1 // help and the like end kong by themselves
	parser, err := kong.New(&c,
		kong.Name("twohens"), kong.Description(description),
		kong.Writers(t.out, t.err), kong.Exit(func(status int) { ended = status }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 110}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(t),
	)
	if err != nil {
		panic(err) // the structs above are wrong
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(twoDashes(args))
	if ended >= 0 {
		return ended
	}
	if err != nil {
		fmt.Fprintf(t.err, "twohens: %s\n", err)
		fmt.Fprintf(t.err, "twohens: see twohens%s --help\n", known(parser, args))
		return 2
	}
	if err := parsed.Run(); err != nil {
		t.tell(err)
		return 1
	}
	return 0
}

// twoDashes lets flags be written in Go's style, with one dash. There are no short flags but -h to be confused with.
func twoDashes(args []string) []string {
	list := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(list[i:], args[i:])
			break
		}
		if len(arg) > 2 && arg[0] == '-' && arg[1] != '-' {
			arg = "-" + arg
		}
		list[i] = arg
	}
	return list
}

// known is the part of the arguments that names a command, for pointing at its help.
func known(parser *kong.Kong, args []string) string {
	at, path := parser.Model.Node, ""
	for _, arg := range args {
		found := false
		for _, child := range at.Children {
			if child.Name == arg {
				at, path, found = child, path+" "+arg, true
				break
			}
		}
		if !found {
			break
		}
	}
	return path
}

// tell says why a command failed.
func (t *terminal) tell(err error) {
	var mistakes config.Mistakes
	if errors.As(err, &mistakes) {
		what := "a mistake"
		if len(mistakes) > 1 {
			what = fmt.Sprintf("%d mistakes", len(mistakes))
		}
		fmt.Fprintf(t.err, "twohens: %s in the configuration:\n", what)
		for _, m := range mistakes {
			fmt.Fprintf(t.err, "  %s\n", m)
		}
		return
	}
	if err != errTold {
		fmt.Fprintf(t.err, "twohens: %s\n", strings.TrimSpace(err.Error()))
	}
}

// errTold is a failure that the command has explained already.
var errTold = errors.New("told already")

// configured is the flag of every command that needs a configuration.
type configured struct {
	Config string `required:"" type:"path" placeholder:"FILE" env:"TWOHENS_CONFIG" help:"The configuration: a TOML file."`
}

func (c configured) load(t *terminal) (*config.Config, error) {
	return config.Load(c.Config, t.environ)
}

type versionCommand struct{}

func (versionCommand) Run(t *terminal) error {
	fmt.Fprintln(t.out, daemon.Version())
	return nil
}
