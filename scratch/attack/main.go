// Command attack measures what the challenge is worth: it attacks it in the ways that are open to anybody and prints what
// came of it. It goes through the real Dealer, with keys of its own, and touches no server.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"twohens/scratch"
)

const usage = `Attack measures what the challenge is worth, against cards of its own making.

	go run ./scratch/attack blind  [-tries 2000]
	go run ./scratch/attack forge
	go run ./scratch/attack learn  [-sizes 100,...] [-cpu-seconds 600] [-cards 500] [-styles 20] [-table N] [-quick]
	go run ./scratch/attack hands
	go run ./scratch/attack cost
	go run ./scratch/attack all    [-into docs/challenge/strength.md]

blind  scratches and guesses at random, and scratches everything
forge  replays, edits, splices, and uses one solved card a thousand times at once
learn  trains a small detector on the program's own cards and has it answer fresh ones
hands  has people and machines that know the chickens rub them free
cost   times the work that each attempt costs
all    does everything; with the usual seconds that can take two hours on two cores

Tables go to the standard output, progress to the standard error. Each command takes -markdown, to write its tables as
Markdown, and -into FILE, to write them into a document between <!-- begin NAME --> and <!-- end NAME --> as well.
`

// options are the flags of all commands.
type options struct {
	markdown, quick bool
	tries, cards    int
	styles, only    int
	seconds         float64
	sizes, into     string
}

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "attack:", err)
			os.Exit(1)
		}
	}
}

func run(args []string, out, progress io.Writer) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || args[0] == "help" {
		fmt.Fprint(progress, usage)
		if len(args) > 0 {
			return flag.ErrHelp
		}
		return errors.New("say which attack")
	}
	var o options
	f := flag.NewFlagSet("attack "+args[0], flag.ContinueOnError)
	f.SetOutput(progress)
	f.BoolVar(&o.markdown, "markdown", false, "write Markdown")
	f.StringVar(&o.into, "into", "", "the `document` to write the tables into")
	f.BoolVar(&o.quick, "quick", false, "learn: a tenth of the seconds and up to 300 pictures, to see where it goes")
	f.IntVar(&o.tries, "tries", 2000, "blind: how often each is tried, 1 or more")
	f.IntVar(&o.cards, "cards", 500, "learn: fresh cards that each detector is tried on, 1 or more")
	f.IntVar(&o.styles, "styles", 20, "learn: how many styles the second table's training pictures come from, 2 or more")
	f.IntVar(&o.only, "table", 0, "learn: one table alone, 1: pictures of one style, 2: of many, 3: with numbers; 0 is all")
	f.Float64Var(&o.seconds, "cpu-seconds", 600, "learn: processor seconds for training each detector")
	f.StringVar(&o.sizes, "sizes", "10,20,50,100,200,500,1000,2000,5000,10000", "learn: training pictures, a detector for each; a picture takes 112 kB of memory")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%q is too much", f.Arg(0))
	case o.tries < 1 || o.cards < 1 || o.styles < 2 || o.seconds <= 0:
		return errors.New("numbers must be 1 or more, -styles 2 or more")
	case o.only < 0 || o.only > 3:
		return errors.New("-table is 1, 2 or 3")
	}
	return o.attack(args[0], out, progress)
}

// attack does one command, or all.
func (o *options) attack(command string, out, progress io.Writer) error {
	begun := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(progress, "%5.0f s  "+format+"\n", append([]any{time.Since(begun).Seconds()}, args...)...)
	}
	parts := map[string][]func(say func(string, ...any)) (*table, error){
		"cost": {o.cost}, "hands": {o.hands}, "blind": {o.blindRub, o.blindMarks}, "forge": {o.forge}, "learn": o.learn(),
	}
	names := []string{command}
	if command == "all" {
		names = []string{"cost", "hands", "blind", "forge", "learn"}
	}
	for _, name := range names {
		if parts[name] == nil {
			return fmt.Errorf("no attack %q: blind, forge, learn, hands, cost or all", name)
		}
		if o.into == "" {
			continue
		}
		if _, _, err := around(o.into, name); err != nil { // told now, and not after two hours
			return err
		}
	}
	bad := 0
	for _, name := range names {
		var tables []*table
		for _, part := range parts[name] {
			t, err := part(say)
			if err != nil {
				return err
			}
			t.write(out, o.markdown)
			tables = append(tables, t)
			bad += len(t.bad)
		}
		if o.into != "" {
			if err := into(o.into, name, tables); err != nil {
				return err
			}
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d things that must not be", bad)
	}
	return nil
}

// learn are the tables of detectors: pictures of the style that is attacked, of many others, and of numbered cards.
func (o *options) learn() (out []func(func(string, ...any)) (*table, error)) {
	for i, l := range []learning{
		{styles: 1, mode: scratch.Rub}, {styles: o.styles, mode: scratch.Rub}, {styles: o.styles, mode: scratch.Pick},
	} {
		if o.only != 0 && o.only != i+1 {
			continue
		}
		out = append(out, func(say func(string, ...any)) (*table, error) {
			l.seconds, l.cards, l.say = o.seconds, o.cards, say
			for s := range strings.SplitSeq(o.sizes, ",") {
				n, err := strconv.Atoi(s)
				if err != nil || n < 1 {
					return nil, fmt.Errorf("-sizes: %q is no number of pictures", s)
				}
				l.sizes = append(l.sizes, n)
			}
			if o.quick {
				l.seconds, l.sizes = o.seconds/10, []int{10, 30, 100, 300}
			}
			return l.learn()
		})
	}
	return out
}
