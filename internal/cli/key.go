package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"twohens/internal/daemon"
	"twohens/internal/keys"
	"twohens/internal/sqlstore"
)

type keyCommand struct {
	List   keyListCommand   `cmd:"" help:"List the keys: what for, since when, and what still needs the older ones."`
	Rotate keyRotateCommand `cmd:"" help:"Add a key that makes new codes, answers or cards. Nothing that is out stops working."`
	Revoke keyRevokeCommand `cmd:"" help:"Destroy a key that somebody else may have, and end what it has made."`
}

// kept is the folder of keys and the database that knows what they made.
type kept struct {
	folder keys.Folder
	store  *sqlstore.Store
	counts map[string]int // answers and saved codes by pepper
}

// kept opens both. The folder and the keys must be there: a command that made them would hide that the path is wrong, or the folder not
// mounted.
func (c configured) kept(ctx context.Context, t *terminal) (*kept, error) {
	cfg, err := c.load(t)
	if err != nil {
		return nil, err
	}
	path := string(cfg.Keys.Folder)
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("keys.folder: there is no %s; the server makes it when it starts", path)
	} else if err != nil {
		return nil, fmt.Errorf("keys.folder: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("keys.folder: %s is no folder", path)
	}
	folder := keys.Folder{Path: path, Log: slog.New(slog.DiscardHandler)}
	for _, purpose := range slices.Concat(keys.Rotating, keys.Staying) {
		var err error
		if keys.Rotates(purpose) == nil {
			_, err = folder.Present(purpose)
		} else {
			_, err = folder.Existing(purpose)
		}
		if errors.Is(err, keys.ErrNone) {
			return nil, fmt.Errorf("keys.folder: there is no key of %s in %s; the server makes what is missing when it starts", purpose, path)
		} else if err != nil {
			return nil, err
		}
	}
	store, err := daemon.OpenCurrent(ctx, cfg)
	if err != nil {
		return nil, err
	}
	k := &kept{folder: folder, store: store}
	if k.counts, err = store.Peppers(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return k, nil
}

// needs says what a key is still needed for; empty: nothing.
func (k *kept) needs(list []keys.File, i int, now time.Time) string {
	f := list[i]
	if n := k.counts[f.ID]; f.Purpose == keys.Answers && n > 0 {
		return counted(n)
	}
	if until := keys.NeededUntil(list, i); until.After(now) {
		return "what it has made, until " + minute(until)
	}
	return ""
}

// orphans are the peppers that something is kept under and that have no file: a revocation that was stopped in the middle leaves some, or a
// folder that lacks what another node's has.
func (k *kept) orphans(list []keys.File) []string {
	var ids []string
	for id := range k.counts {
		if !slices.ContainsFunc(list, func(f keys.File) bool { return f.ID == id }) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// counted is a count of what is kept under a pepper, in words.
func counted(n int) string {
	if n == 1 {
		return "1 answer or recovery code"
	}
	return fmt.Sprintf("%d answers and recovery codes", n)
}

func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }

type keyListCommand struct{ configured }

func (keyListCommand) Help() string {
	return `Times are in UTC. No key is shown. For example:

    twohens key list -config twohens.toml

A key that nothing needs any more is destroyed by the next "twohens key rotate" of its purpose. One without a file is
missing in this folder, or was revoked by a command that was stopped: "twohens key revoke answers NUMBER" finishes that.
`
}

func (c *keyListCommand) Run(ctx context.Context, t *terminal) (err error) {
	k, err := c.kept(ctx, t)
	if err != nil {
		return err
	}
	defer closing(k.store, &err)
	now := time.Now()
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PURPOSE\tKEY\tMADE\tMAKES NEW ONES\tNEEDED FOR")
	for _, purpose := range keys.Rotating {
		list, err := k.folder.Present(purpose)
		if err != nil {
			return err
		}
		newest := keys.Newest(list, now)
		for i, f := range list {
			makes, needed := "no", k.needs(list, i, now)
			switch {
			case i == newest:
				makes, needed = "yes", "new ones"
				if n := k.counts[f.ID]; purpose == keys.Answers && n > 0 {
					needed += ", and " + counted(n)
				}
			case i < newest:
				makes, needed = "from "+minute(f.From), "new ones, then"
			case needed == "":
				needed = "nothing any more"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", purpose, f.ID, minute(f.Made), makes, needed)
		}
		if purpose == keys.Answers {
			for _, id := range k.orphans(list) {
				fmt.Fprintf(table, "%s\t%s\tno file\tno\t%s, none of which is right any more\n", purpose, id, counted(k.counts[id]))
			}
		}
	}
	for _, purpose := range keys.Staying {
		fmt.Fprintf(table, "%s\t\t\talways the same\tit is never rotated\n", purpose)
	}
	return table.Flush()
}

type keyRotateCommand struct {
	configured
	Purpose string        `arg:"" help:"codes, answers, challenges, bounces or browsers."`
	After   time.Duration `default:"1m" placeholder:"TIME" help:"When the new key begins to make new ones. All nodes must have it by then: they look every two seconds. Where the folder is copied to each node, give the copying its time."`
}

func (keyRotateCommand) Help() string {
	return `Adds a key to the folder. Running servers take it up by themselves, and codes, links, answers, cards, return addresses
and known browsers of older keys go on working. Older keys that nothing needs any more are destroyed. For example:

    twohens key rotate -config twohens.toml codes

The others, decoys, questions and addresses, are never rotated: docs/manual/keys.md says why.
`
}

func (c *keyRotateCommand) Run(ctx context.Context, t *terminal) (err error) {
	if c.After < 0 || c.After > 30*24*time.Hour {
		return errors.New("-after: from 0s to 720h")
	}
	k, err := c.kept(ctx, t)
	if err != nil {
		return err
	}
	defer closing(k.store, &err)
	now := time.Now()
	purpose := keys.Purpose(c.Purpose)
	made, err := k.folder.Rotate(purpose, now.Add(c.After))
	if err != nil {
		return err
	}
	fmt.Fprintf(t.err, "Added key %s of %s. It makes new ones from %s UTC on.\n", made.ID, purpose, made.From.Format(time.DateTime))
	list, err := k.folder.Present(purpose)
	if err != nil {
		return err
	}
	newest := keys.Newest(list, now)
	for i, f := range list {
		if i <= newest || k.needs(list, i, now) != "" {
			continue
		}
		if err := k.folder.Remove(f); err != nil {
			return err
		}
		fmt.Fprintf(t.err, "Destroyed key %s of %s, which nothing needed any more.\n", f.ID, purpose)
	}
	return nil
}

type keyRevokeCommand struct {
	configured
	Purpose string        `arg:"" help:"codes, answers, challenges, bounces or browsers."`
	Key     string        `arg:"" optional:"" help:"Its number, as twohens key list shows it. Without it, all keys of the purpose."`
	Yes     bool          `help:"Do it. Without this, only what would happen is told."`
	Wait    time.Duration `default:"5s" placeholder:"TIME" help:"How long to wait for the nodes to have seen it, before recoveries that began meanwhile are ended too. Where the folder is copied to each node, copy it within that time."`
}

func (keyRevokeCommand) Help() string {
	return `For a key that somebody else may have. Another one is made at once, the old one is destroyed, and what it has made is dead:

    codes       all open recoveries end, with their codes and links, and so do the buttons of notices. People begin again.
    answers     the answers and recovery codes kept under it are deleted. Their owners set them up again. Until then they
                are asked the same questions, so that nobody sees whose answers are gone.
    challenges  cards that are being looked at have to be drawn again. All open recoveries end.
    bounces     of mails that are out and come back, nobody knows any more which they were. Recoveries go on.
    browsers    browsers that have signed in before count as strangers, until they sign in again. Recoveries go on.

For example, to see what would happen, and then to do it:

    twohens key revoke -config twohens.toml codes
    twohens key revoke -config twohens.toml codes -yes
`
}

func (c *keyRevokeCommand) Run(ctx context.Context, t *terminal) (err error) {
	k, err := c.kept(ctx, t)
	if err != nil {
		return err
	}
	defer closing(k.store, &err)
	purpose := keys.Purpose(c.Purpose)
	if err := keys.Rotates(purpose); err != nil {
		return err
	}
	list, err := k.folder.Present(purpose)
	if err != nil {
		return err
	}
	r := revocation{kept: k, purpose: purpose, forgotten: map[string]int64{}}
	if err := r.choose(list, c.Key); err != nil {
		return err
	}
	if !c.Yes {
		r.foretell(t)
		return errors.New("nothing was done: add -yes to do it")
	}
	if len(r.gone) > 0 && r.gone[0].ID == list[0].ID { // before any is destroyed: there is always one
		made, err := k.folder.Rotate(purpose, time.Time{})
		if err != nil {
			return err
		}
		fmt.Fprintf(t.err, "Added key %s of %s.\n", made.ID, purpose)
	}
	// Twice: what is open must not stay so for as long as the nodes are waited for, and until they have seen it they open more, and keep answers
	// under the old key.
	if err := r.end(ctx); err != nil {
		return err
	}
	for _, f := range r.gone {
		if err := k.folder.Remove(f); err != nil {
			return err
		}
		fmt.Fprintf(t.err, "Destroyed key %s of %s.\n", f.ID, purpose)
	}
	if err := r.forget(ctx); err != nil || !ends(purpose) {
		return err
	}
	fmt.Fprintf(t.err, "Waiting %s for the nodes to see it.\n", c.Wait)
	select {
	case <-time.After(c.Wait):
	case <-ctx.Done():
		return errors.New("stopped before recoveries that began meanwhile were ended: say it once more")
	}
	if err := errors.Join(r.forget(ctx), r.end(ctx)); err != nil {
		return err
	}
	for _, id := range r.peppers {
		fmt.Fprintf(t.err, "Deleted %d answers and recovery codes that were kept under key %s.\n", r.forgotten[id], id)
	}
	fmt.Fprintf(t.err, "Ended %d open recoveries.\n", r.ended)
	return nil
}

// revocation is what goes with some keys of a purpose.
type revocation struct {
	*kept
	purpose   keys.Purpose
	gone      []keys.File
	peppers   []string // whose answers are deleted
	ended     int
	forgotten map[string]int64 // how many, by pepper
}

// choose takes the key of a number, or all. Of a pepper may be left what it made, and not its file.
func (r *revocation) choose(list []keys.File, number string) error {
	chosen := func(id string) bool { return number == "" || id == number }
	for _, f := range list {
		if chosen(f.ID) {
			r.gone = append(r.gone, f)
		}
	}
	if r.purpose == keys.Answers {
		for _, f := range r.gone {
			r.peppers = append(r.peppers, f.ID)
		}
		for _, id := range r.orphans(list) {
			if chosen(id) {
				r.peppers = append(r.peppers, id)
			}
		}
	}
	if len(r.gone) == 0 && len(r.peppers) == 0 {
		return fmt.Errorf("there is no key %q of %s: see twohens key list", number, r.purpose)
	}
	return nil
}

// end ends all open recoveries, if the purpose is one of those with which they end.
func (r *revocation) end(ctx context.Context) error {
	if !ends(r.purpose) {
		return nil
	}
	n, err := r.store.EndAll(ctx, time.Now())
	r.ended += n
	return err
}

// forget deletes what is kept under the peppers.
func (r *revocation) forget(ctx context.Context) error {
	for _, id := range r.peppers {
		n, err := r.store.ForgetPepper(ctx, id)
		if err != nil {
			return err
		}
		r.forgotten[id] += n
	}
	return nil
}

// ends says that with a key of a purpose all open recoveries end.
func ends(purpose keys.Purpose) bool { return purpose != keys.Bounces && purpose != keys.Browsers }

// foretell tells what would happen.
func (r *revocation) foretell(t *terminal) {
	for _, f := range r.gone {
		fmt.Fprintf(t.err, "Key %s of %s, made %s, would be destroyed.\n", f.ID, f.Purpose, minute(f.Made))
	}
	for _, id := range r.peppers {
		fmt.Fprintf(t.err, "%d answers and recovery codes kept under key %s would be deleted; their owners would have to set them up again.\n", r.counts[id], id)
	}
	switch r.purpose {
	case keys.Bounces:
		fmt.Fprintln(t.err, "Of mails that are out and come back, nobody would know which they were. Recoveries would go on.")
	case keys.Browsers:
		fmt.Fprintln(t.err, "Browsers that have signed in before would count as strangers, until they sign in again. Recoveries would go on.")
	default:
		fmt.Fprintln(t.err, "All open recoveries would end. People would have to begin again.")
	}
}
