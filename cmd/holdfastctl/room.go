package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/sync/node"
)

func (a *app) roomCommand() *cobra.Command {
	return groupCommand("room", "Make, enter and tend a room", append(a.roomByHandCommands(),
		a.roomCreateCommand(), a.roomRecoverCommand(), a.roomJoinCommand(), a.roomInviteCommand(), a.roomInvitesCommand(), a.roomRevokeCommand(), a.roomListCommand(), a.roomMembersCommand(), a.roomRoleCommand(), a.roomArchiveCommand(), a.roomHistoryCommand(), a.roomRemoveCommand(),
		a.roomAskCommand(), a.roomAsksCommand(), a.roomAdmitCommand(),
		a.roomQuarantineCommand(), a.roomOverruledCommand())...)
}

func (a *app) roomCreateCommand() *cobra.Command {
	var q node.RoomRequest
	var paper string
	c := &cobra.Command{
		Use:   "create --name NAME --person PERSON",
		Short: "Make a room with this device as its first admin; prints the room's id",
		Args:  takes(0, 0, "name", "person"),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			var made node.RoomReply
			file, err := openPaper(paper)
			if err != nil {
				return err
			}
			q.Recovery = file != nil
			if err := c.Call(ctx, "room/create", q, &made); err != nil {
				return errors.Join(err, dropPaper(file))
			}
			if err := a.writePaper(file, &made); err != nil {
				return err
			}
			a.sayKeys(ctx, c)
			return a.print(made, func(w io.Writer) { fmt.Fprintln(w, made.ID) })
		}),
	}
	c.Flags().StringVar(&q.Name, "name", "", "name of the room")
	c.Flags().StringVar(&paper, "recovery", "", "write a recovery key to this new file, to be printed and put away")
	personFlags(c, &q)
	return c
}

func personFlags(c *cobra.Command, q *node.RoomRequest) {
	c.Flags().StringVar(&q.Person, "person", "", "your name, as the others know you")
	c.Flags().StringVar(&q.Email, "email", "", "your e-mail address")
	c.Flags().StringVar(&q.Device, "device", "", "what to call this device (default: its host name)")
}

// sayKeys says where the keys of a new room rest, because nothing can bring
// them back.
func (a *app) sayKeys(ctx context.Context, c *node.Client) {
	var s node.Status
	if err := c.Call(ctx, "status", nil, &s); err == nil && !a.json {
		fmt.Fprintf(a.err, "holdfastctl: %s.\n", s.Keys)
	}
}

// Bounds of joining.
const (
	// joinPatience bounds finding the host and proving the secret: a few
	// addresses may have to be tried, each with a time-out of its own.
	joinPatience = time.Minute
	// catchUp is how long a join then waits for the room's record to begin, or to go
	// on: who went away does not hold it up.
	catchUp = 10 * time.Second
	// catchUpAll bounds the wait for a record that keeps coming: a large one over a
	// slow link. What has come by then stays.
	catchUpAll = 10 * time.Minute
	// askOpen is how often it is asked meanwhile what a peer says is open.
	askOpen = 500 * time.Millisecond
)

func (a *app) roomJoinCommand() *cobra.Command {
	var q node.RoomRequest
	c := &cobra.Command{
		Use:   "join INVITE --person PERSON",
		Short: "Enter a room by an invite, or by a spoken code and its --address, and fetch its record",
		Args:  takes(1, 1, "person"),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Invite = args[0]
			return a.join(cmd.Context(), q)
		},
	}
	personFlags(c, &q)
	c.Flags().StringArrayVar(&q.Addresses, "address", nil, "HOST:PORT to try before those of the invite")
	return c
}

// joined is the result of room join.
type joined struct {
	node.RoomReply
	// CaughtUp is true where all that a peer held has arrived.
	CaughtUp  bool `json:"caught_up"`
	Incidents int  `json:"incidents"`
}

// join enters a room. The process that does it links for a moment, so that the
// room is usable at once; where another process owns the home, its links do.
func (a *app) join(ctx context.Context, q node.RoomRequest) (err error) {
	opts := a.options()
	opts.Links, opts.DialOnly, opts.Quiet = true, true, true
	c, err := node.Connect(ctx, opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	entering, cancel := context.WithTimeout(ctx, joinPatience)
	defer cancel()
	var result joined
	if err := c.Call(entering, "room/join", q, &result.RoomReply); err != nil {
		return err
	}
	return a.entered(ctx, c, result)
}

// entered waits for the record of a room that was just entered.
func (a *app) entered(ctx context.Context, c *node.Client, result joined) error {
	c.Room = result.ID
	var err error
	result.CaughtUp, err = a.fetch(ctx, c)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("joined %s; its record has not come whole. What came is safe, and the rest follows when `holdfastctl serve` or the desktop runs", result.Name)
	}
	if err != nil {
		return fmt.Errorf("joined %s, but its record did not come: %w", result.Name, err)
	}
	var briefs []model.IncidentBrief
	if err := c.Call(ctx, "incidents", ref{All: true}, &briefs); err != nil {
		return err
	}
	result.Incidents = len(briefs)
	a.sayKeys(ctx, c)
	return a.print(result, result.write)
}

// caller is the API as fetch needs it; *node.Client is one.
type caller interface {
	Call(ctx context.Context, method string, in, out any) error
}

// fetch waits for the record while it comes, and says meanwhile what is open as soon
// as a peer tells: a short list that is gone with the links, so they stay. False where
// the record stopped before all of it was here, or catchUpAll was too short.
func (a *app) fetch(ctx context.Context, c caller) (whole bool, err error) {
	waiting, cancel := context.WithTimeout(ctx, catchUpAll)
	defer cancel()
	var lacking uint64
	began, patient := time.Now(), false
	for told, moved := false, began; waiting.Err() == nil && time.Since(moved) < catchUp; {
		turn, end := context.WithTimeout(waiting, askOpen)
		err := c.Call(turn, "room/catch-up", nil, nil)
		late := turn.Err() != nil
		end()
		if !late {
			return err == nil, err
		}
		now, err := lack(ctx, c)
		if err != nil {
			return false, err
		}
		if now != lacking {
			lacking, moved = now, time.Now()
			if !patient && moved.Sub(began) >= catchUp {
				patient = true
				fmt.Fprintf(a.err, "holdfastctl: the record is still coming (%s left). To interrupt is safe: the rest comes with `holdfastctl serve` or the desktop.\n", count(int(now), "commit", "commits"))
			}
		}
		if told {
			continue
		}
		var hearsay []node.HearsayView
		if err := c.Call(ctx, "hearsay", nil, &hearsay); err != nil {
			return false, err
		}
		writeHearsay(a.err, hearsay)
		told = len(hearsay) > 0
	}
	return false, nil
}

// lack counts the commits that linked peers hold and have not sent.
func lack(ctx context.Context, c caller) (n uint64, err error) {
	var peers []node.PeerView
	err = c.Call(ctx, "peers", nil, &peers)
	for _, p := range peers {
		if p.Connected {
			n += p.WeLack
		}
	}
	return n, err
}

func (j joined) write(w io.Writer) {
	fmt.Fprintf(w, "Joined %s. ", plain.Line(j.Name))
	switch {
	case j.CaughtUp:
		fmt.Fprintf(w, "Its record is here: %s.\n", count(j.Incidents, "incident", "incidents"))
	case j.Incidents > 0:
		fmt.Fprintf(w, "%s so far; the rest comes when `holdfastctl serve` or the desktop reaches a peer.\n", count(j.Incidents, "incident", "incidents"))
	default:
		fmt.Fprintln(w, "Its record has not come yet; it does when `holdfastctl serve` or the desktop reaches a peer.")
	}
}

func (a *app) roomInviteCommand() *cobra.Command {
	var q node.InviteRequest
	var expires string
	var qr bool
	c := &cobra.Command{
		Use:   "invite",
		Short: "Write an invite for one more device; prints the invite alone",
		Long: "Write an invite for one more device and print it alone. Whoever has it can enter the room,\n" +
			"so hand it over where outsiders do not read.",
		Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			if q.Uses == 0 {
				return misused("--uses 0 would let nobody in; it is 1 or more")
			}
			if expires != "" {
				span, err := when.ParseSpan(expires)
				if err != nil {
					return fmt.Errorf("--expires: %w", err)
				}
				q.Expires = span
			}
			var made node.InviteReply
			if err := c.Call(ctx, "room/invite", q, &made); err != nil {
				return err
			}
			return a.print(made, func(w io.Writer) {
				if qr {
					fmt.Fprintln(w, made.QR)
				}
				fmt.Fprintln(w, made.Invite)
				if q.Spoken {
					fmt.Fprintf(w, "at %s, until %s\n", strings.Join(made.Addresses, " or "), stamp(made.Expires))
				}
			})
		}),
	}
	c.Flags().StringVar(&q.Role, "role", "member", "member, observer, relay (stores and forwards, cannot read) or admin")
	c.Flags().StringVar(&q.Person, "for", "", "whose further device joins: a person of the room")
	c.Flags().BoolVar(&q.Spoken, "spoken", false, "print eight characters to read aloud, for one device and ten minutes")
	c.Flags().StringVar(&expires, "expires", "", "how long it can be used (default 24h; 10m for a spoken one)")
	c.Flags().Uint32Var(&q.Uses, "uses", 1, "how many devices may use it")
	c.Flags().StringArrayVar(&q.Addresses, "address", nil, "HOST:PORT where this device is reached (default: where the running serve or desktop listens)")
	c.Flags().BoolVar(&qr, "qr", false, "print it as a QR code too")
	return c
}

func (a *app) roomListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the rooms of this home", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "rooms", nil, func(w io.Writer, rooms []node.RoomListing) {
				t := newTable("ROOM", "DEVICES", "PEOPLE", "OPEN", "INCIDENTS", "NAME")
				for _, r := range rooms {
					if r.Damaged != "" {
						t.add(r.ID[:8], "", "", "", "", "(damaged)")
						continue
					}
					t.add(r.ID[:8], fmt.Sprint(r.Devices), fmt.Sprint(r.People), fmt.Sprint(r.Open), fmt.Sprint(r.Incidents), r.Name)
				}
				t.write(w, "No room here yet. Make one with `room create`, or enter one with `room join`.")
				for _, r := range rooms {
					if r.HistoryDays > 0 {
						fmt.Fprintf(w, "%s: devices that are no archive may let go of history older than %d days.\n", plain.Line(r.Name), r.HistoryDays)
					}
					writeOddities(w, r.RoomView)
					writeWarnings(w, []string{r.Damaged})
				}
			})
		}),
	}
}

// writeWarnings prints sentences for people, a line each.
func writeWarnings(w io.Writer, warnings []string) {
	for _, text := range warnings {
		if text != "" {
			fmt.Fprintln(w, plain.Line(text))
		}
	}
}

// writeOddities says what of a room's record this device does not show.
func writeOddities(w io.Writer, r model.RoomView) {
	for _, odd := range []struct {
		n    uint64
		what string
	}{
		{r.NewerOps, "need a newer version of this program"},
		{r.RefusedOps, "were refused, because their author had no right to them"},
		{r.Quarantined, "were written by a device after its removal and are set aside"},
	} {
		if odd.n > 0 {
			fmt.Fprintf(w, "%s: %s %s.\n", plain.Line(r.Name), count(int(odd.n), "change", "changes"), odd.what)
		}
	}
}

func (a *app) roomMembersCommand() *cobra.Command {
	return &cobra.Command{
		Use: "members", Short: "List the devices of the room", Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			return query(a, ctx, c, "room/members", ref{}, func(w io.Writer, members []model.MemberView) {
				t := newTable("DEVICE", "ROLE", "SINCE", "LAST HEARD", "PERSON", "NAME")
				for _, m := range members {
					name := m.Name
					if m.You {
						name += " (this device)"
					}
					if !m.RemovedAt.IsZero() {
						name += " (" + strings.TrimSuffix("removed "+stamp(m.RemovedAt)+": "+m.Reason, ": ") + ")"
					}
					role := m.Role
					if m.Archive {
						role += ", archive"
					}
					t.add(m.Device[:9], role, stamp(m.AddedAt), heard(m), m.Person, name)
				}
				t.write(w, "The room's record has not come yet.")
			})
		}),
	}
}

// heard says when something last came from a device: over a link, or else when
// it wrote the last of what is here.
func heard(m model.MemberView) string {
	switch {
	case m.You:
		return "this device"
	case m.LastHeard.After(m.LastWroteAt):
		return stamp(m.LastHeard)
	case !m.LastWroteAt.IsZero():
		return "wrote " + stamp(m.LastWroteAt)
	}
	return "never"
}

func (a *app) roomRoleCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "role DEVICE ROLE", Short: "Make a device of the room an admin, member or observer", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.SetMemberRole{Device: args[0], Role: args[1], Reason: reason}, func(d model.Done) string {
				if d.Note != "" {
					return "Nothing was changed."
				}
				return "Changed. What it wrote until now is judged by the role it had."
			})
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the record")
	return c
}

func (a *app) roomRemoveCommand() *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "remove DEVICE", Short: "Take a device out of the room: its name, or the start of its key", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.RemoveMember{Device: args[0], Reason: reason}, func(model.Done) string {
				return "Removed. What it wrote until now stays; what it writes from now on is set aside, and what the others write from now on it cannot read."
			})
		}),
	}
	c.Flags().StringVar(&reason, "reason", "", "why, for the record")
	return c
}
