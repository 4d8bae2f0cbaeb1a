package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/sync/node"
)

func (a *app) credentialCommand() *cobra.Command {
	return groupCommand("credential", "Keep the sheet of credentials that were within reach",
		a.credentialAddCommand(), a.credentialRotateCommand(), a.credentialListCommand())
}

func (a *app) credentialAddCommand() *cobra.Command {
	var k model.AddCredential
	var exposed string
	c := &cobra.Command{
		Use: "add INC NAME --kind K --owner O", Short: "Put a credential on the sheet; its secret is never written down", Args: takes(2, 2, "kind", "owner"),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			k.Incident, k.Name = args[0], args[1]
			if k.Exposed, err = a.when(ctx, c, "exposed", exposed); err != nil {
				return err
			}
			return a.do(ctx, c, k, id)
		}),
	}
	f := c.Flags()
	f.StringVar(&k.Kind, "kind", "", "password, token, key, certificate, session ...")
	f.StringVar(&k.Owner, "owner", "", "who owns it")
	f.StringVar(&k.Used, "used", "", "where it is used")
	f.BoolVar(&k.Unused, "unused", false, "it is believed to be used nowhere; it is rotated too")
	f.StringVar(&k.Reach, "reach", "", "what it opens")
	f.StringVar(&exposed, "exposed", "", "TIME since when it was within reach")
	return c
}

func (a *app) credentialRotateCommand() *cobra.Command {
	var k model.RotateCredential
	var revoked, issued string
	c := &cobra.Command{
		Use: "rotate CREDENTIAL", Short: "Record that a credential was revoked, a new one issued, or the old one seen to be refused", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			k.Credential = args[0]
			if k.Revoked, err = a.when(ctx, c, "revoked", revoked); err != nil {
				return err
			}
			if k.Issued, err = a.when(ctx, c, "issued", issued); err != nil {
				return err
			}
			return a.do(ctx, c, k, id)
		}),
	}
	f := c.Flags()
	f.StringVar(&revoked, "revoked", "", "TIME when the old one was revoked")
	f.StringVar(&issued, "issued", "", "TIME when a new one was issued")
	f.StringVar(&k.Refused, "refused-by", "", "which system was seen to refuse the old one")
	f.StringVar(&k.Effect, "effect", "", "effect on services")
	return c
}

func (a *app) credentialListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list INC", Short: "List the credentials", Args: takes(1, 1),
		RunE: a.part(func(v model.SecurityView) any { return v.Credentials }, func(w io.Writer, v model.SecurityView) {
			t := newTable("ID", "KIND", "OWNER", "REVOKED", "NEW ISSUED", "OLD REFUSED BY", "NAME")
			for _, k := range v.Credentials {
				name := k.Name
				if k.Unused {
					name += " (believed unused)"
				}
				t.add(k.ID.Short(idLength), k.Kind, k.Owner, stamp(k.Revoked), stamp(k.Issued), k.Refused, name)
			}
			t.write(w, "No credential is on the sheet.")
		}),
	}
}

func (a *app) indicatorCommand() *cobra.Command {
	return groupCommand("indicator", "Keep the traces of an intruder", a.indicatorAddCommand(), a.indicatorSeenCommand(), a.indicatorListCommand())
}

func (a *app) indicatorAddCommand() *cobra.Command {
	var i model.AddIndicator
	var first, last string
	c := &cobra.Command{
		Use: "add INC KIND VALUE", Short: "Record an indicator, defanged or not: ip, domain, url, email, sha256, file, account ...", Args: takes(3, 3),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			i.Incident, i.Kind, i.Value = args[0], args[1], args[2]
			if i.First, err = a.when(ctx, c, "first", first); err != nil {
				return err
			}
			if i.Last, err = a.when(ctx, c, "last", last); err != nil {
				return err
			}
			return a.do(ctx, c, i, id)
		}),
	}
	f := c.Flags()
	f.StringVar(&i.Note, "note", "", "what it means")
	f.StringVar(&i.Source, "source", "", "where it was found")
	f.StringVar(&first, "first", "", "TIME when it was first seen")
	f.StringVar(&last, "last", "", "TIME when it was last seen")
	return c
}

func (a *app) indicatorSeenCommand() *cobra.Command {
	var s model.SeeIndicator
	var at string
	c := &cobra.Command{
		Use: "seen INDICATOR", Short: "Record that an indicator was seen again, or earlier", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			s.Indicator = args[0]
			if s.At, err = a.when(ctx, c, "at", at); err != nil {
				return err
			}
			return a.do(ctx, c, s, id)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "TIME when (default: now)")
	c.Flags().StringVar(&s.Where, "where", "", "where it was seen")
	return c
}

func (a *app) indicatorListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list INC", Short: "List the indicators, defanged", Args: takes(1, 1),
		RunE: a.part(func(v model.SecurityView) any { return v.Indicators }, func(w io.Writer, v model.SecurityView) {
			t := newTable("ID", "KIND", "FIRST SEEN", "LAST SEEN", "VALUE", "NOTE")
			for _, i := range v.Indicators {
				t.add(i.ID.Short(idLength), i.Kind, stamp(i.First), stamp(i.Last), i.Shown, i.Note)
			}
			t.write(w, "No indicator is recorded.")
		}),
	}
}
