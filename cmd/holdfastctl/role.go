package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/node"
)

func (a *app) roleCommand() *cobra.Command {
	var r model.ReleaseRole
	release := &cobra.Command{
		Use: "release INC ROLE", Short: "Leave a role empty; command is handed over instead", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			r.Incident, r.Role = args[0], args[1]
			return a.do(ctx, c, r, code)
		}),
	}
	release.Flags().StringVar(&r.Person, "person", "", "who leaves, in a role several hold (default: you)")
	var h model.HandOver
	handover := &cobra.Command{
		Use: "handover INC ROLE PERSON", Short: "Offer a role to another; the holder keeps it until they accept", Args: takes(3, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			h.Incident, h.Role, h.To = args[0], args[1], args[2]
			return a.do(ctx, c, h, code)
		}),
	}
	handover.Flags().StringVar(&h.Briefing, "briefing", "", "what they must know at once; \"export --format ics-201\" has the rest")
	return groupCommand("role", "Assign, accept, hand over and release roles: ic, deputy, scribe, on-call, sme, comms",
		&cobra.Command{
			Use: "assign INC ROLE PERSON", Short: "Put a person into a role", Args: takes(3, 3),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return a.do(ctx, c, model.AssignRole{Incident: args[0], Role: args[1], Person: args[2]}, code)
			}),
		},
		&cobra.Command{
			Use: "accept INC ROLE", Short: "Say that you have the role you were assigned or offered", Args: takes(2, 2),
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				return a.do(ctx, c, model.AcceptRole{Incident: args[0], Role: args[1]}, code)
			}),
		},
		handover, release)
}

func (a *app) teamCommand() *cobra.Command {
	show := &cobra.Command{
		Use: "show INC", Short: "Show who works on an incident, for how long, and what is wrong with that", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "team", ref{Ref: args[0]}, teamText)
		}),
	}
	var t model.AddTeam
	add := &cobra.Command{
		Use: "add INC NAME", Short: "Make a team below the commander; prints its id", Args: takes(2, 2, "leader", "objective"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			t.Incident, t.Name = args[0], args[1]
			return a.do(ctx, c, t, func(d model.Done) string { return d.ID.Short(8) })
		}),
	}
	add.Flags().StringVar(&t.Leader, "leader", "", "who leads it")
	add.Flags().StringVar(&t.Objective, "objective", "", "its one objective")
	add.Flags().IntVar(&t.ReportMinutes, "report", 10, "minutes between reports")
	add.Flags().StringArrayVar(&t.Members, "member", nil, "who is in it")
	var s model.SetTeam
	set := &cobra.Command{
		Use: "set TEAM", Short: "Change a team, write down what its leader reports, or dissolve it", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			s.Team = args[0]
			return a.do(ctx, c, s, code)
		}),
	}
	set.Flags().StringVar(&s.Leader, "leader", "", "who leads it now")
	set.Flags().StringVar(&s.Objective, "objective", "", "its objective now")
	set.Flags().StringArrayVar(&s.Members, "member", nil, "who is in it now; all of them")
	set.Flags().StringVar(&s.Word, "word", "", "what its leader reports: condition, actions, needs")
	set.Flags().BoolVar(&s.Close, "close", false, "dissolve it")
	presence := func(use, short string, left bool) *cobra.Command {
		p, at := model.SetPresence{Left: left}, ""
		c := &cobra.Command{
			Use: use + " INC [PERSON]", Short: short, Args: takes(1, 2),
			Long: short + " (default: you). Hours on duty count from the time given;\nsaid again with another time, it is corrected.",
			RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
				if p.Incident = args[0]; len(args) > 1 {
					p.Person = args[1]
				}
				var err error
				if p.At, err = a.when(ctx, c, "at", at); err != nil {
					return err
				}
				return a.do(ctx, c, p, code)
			}),
		}
		c.Flags().StringVar(&at, "at", "", "TIME when they did (default: now)")
		a.confirmFlag(c, "take a time that is still to come, or before the incident began")
		return c
	}
	return groupCommand("team", "Who works on an incident: roles, teams, hours, warnings", show, add, set,
		presence("join", "Say that somebody joined the response", false), presence("leave", "Say that somebody left it", true))
}

func teamText(w io.Writer, v model.TeamView) {
	t := newTable("ROLE", "PERSON", "ACCEPTED", "ON DUTY", "SINCE", "LOCAL", "PHONE")
	for _, m := range v.Members {
		accepted, local := "yes", m.Local
		if !m.Accepted {
			accepted = "no"
		}
		if m.Night {
			local += " night"
		}
		t.add(m.Title, m.Person, accepted, seconds(m.OnDutyS), stamp(m.OnDutySince), local, m.Phone)
	}
	t.write(w, "Nobody holds a role.")
	for _, o := range v.Offers {
		fmt.Fprintf(w, "%s: %s hands over to %s, who has not accepted\n", o.Role, plain.Line(o.From), plain.Line(o.To))
	}
	for _, team := range v.Teams {
		fmt.Fprintf(w, "Team %s (%s) under %s: %s; with %s\n", plain.Line(team.Name), team.ID.Short(8), plain.Line(team.Leader),
			plain.Line(team.Objective), plain.Line(strings.Join(team.Members, ", ")))
		if team.Word != "" {
			fmt.Fprintf(w, "  reported at %s: %s\n", team.WordAt.UTC().Format("15:04"), plain.Line(team.Word))
		}
	}
	fmt.Fprintf(w, "%d report to the commander; %d is the most\n", v.Span, v.MaxSpan)
	if len(v.Missing) > 0 {
		fmt.Fprintf(w, "Nobody is: %s\n", strings.Join(v.Missing, ", "))
	}
	for _, warning := range v.Warnings {
		fmt.Fprintf(w, "Warning: %s\n", plain.Line(warning))
	}
}

// cadenceCommand holds what a person decides of who hears how often.
func (a *app) cadenceCommand() *cobra.Command {
	var long, usual bool
	rhythm := &cobra.Command{
		Use: "rhythm INC", Short: "Announce the slower rhythm of a long incident, or end it", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if long == usual {
				return misused("give --long or --usual")
			}
			return a.do(ctx, c, model.SetRhythm{Incident: args[0], Long: long}, code)
		}),
	}
	rhythm.Flags().BoolVar(&long, "long", false, "the slower rhythm from now on")
	rhythm.Flags().BoolVar(&usual, "usual", false, "the usual rhythm again")
	var ask model.AskAudience
	tell := &cobra.Command{
		Use: "tell INC AUDIENCE", Short: "Say that an audience is to be told that is told only when asked for", Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			ask.Incident, ask.Audience = args[0], args[1]
			return a.do(ctx, c, ask, code)
		}),
	}
	tell.Flags().BoolVar(&ask.No, "no", false, "not any more")
	promises := &cobra.Command{
		Use: "promises INC", Short: "List the updates that were promised, and whether they were kept", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return query(a, ctx, c, "promises", ref{Ref: args[0]}, func(w io.Writer, list []model.Promise) {
				t := newTable("AUDIENCE", "PROMISED AT", "FOR", "STATE", "CAME")
				for _, p := range list {
					t.add(p.Audience, stamp(p.Made), stamp(p.Promised), p.State, stamp(p.Kept))
				}
				t.write(w, "Nothing was promised.")
			})
		}),
	}
	return groupCommand("cadence", "Who hears how often: rhythm, audiences, promises", rhythm, tell, promises)
}
