package peers

import (
	"fmt"

	"holdfast/sync/bundle"
	"holdfast/sync/oplog"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

func (s *Screen) verify(a *act) {
	a.begin("Reading and checking everything")
	var r oplog.Report
	s.host.Task(func() (err error) {
		r, err = s.link.Check(s.ctx)
		return err
	}, func(err error) {
		a.end()
		if err != nil {
			a.say("Not finished: "+err.Error(), form.Wrong)
			return
		}
		a.say(verdict(r))
	})
}

// verdict says what a check found, the first that is bad in full.
func verdict(r oplog.Report) (string, form.Tone) {
	switch {
	case r.Structure != nil:
		return "The file's structure is damaged: " + r.Structure.Error() + ". Export a bundle now; other devices hold their own copies.", form.Wrong
	case len(r.Bad) > 0:
		b := r.Bad[0]
		more := ""
		if n := len(r.Bad) - 1; n > 0 {
			more = ", and " + text.Count(n, "other feed is bad too", "other feeds are bad too")
		}
		return fmt.Sprintf("Bad from commit %d of feed %s on: %s%s. %s before it are sound.", b.Seq, b.Feed.Short(), b.What, more, counted(r.Commits, "commit", "commits")), form.Wrong
	}
	return fmt.Sprintf("Sound: %s in %s, every chain whole, %s checked.",
		counted(r.Commits, "commit", "commits"), text.Count(r.Feeds, "feed", "feeds"), counted(r.Signatures, "signature", "signatures")), form.Well
}

func (s *Screen) export(a *act, path *form.Input) {
	p, ok := path.Path()
	if !ok {
		return
	}
	a.begin("Writing " + p)
	var sum bundle.Summary
	form.Write(s.host, p, func(bool) (err error) {
		sum, err = s.link.ExportBundle(p, nil)
		return err
	}, func(err error) {
		a.end()
		if err != nil {
			a.say("Not written: "+err.Error(), form.Wrong)
			return
		}
		a.forget()
		a.say(fmt.Sprintf("Written: %s of %s, in %s.", counted(sum.Commits, "commit", "commits"), text.Count(sum.Feeds, "feed", "feeds"), p), form.Well)
	})
}

func (s *Screen) imported(a *act, path *form.Input) {
	p, ok := path.Path()
	if !ok {
		return
	}
	a.begin("Taking in " + p)
	var sum bundle.Summary
	s.host.Task(func() (err error) {
		sum, err = s.link.ImportBundle(s.ctx, p)
		return err
	}, func(err error) {
		a.end()
		taken := fmt.Sprintf("%d of %s were new.", sum.New, counted(sum.Commits, "commit", "commits"))
		if err != nil {
			a.say("Not all was taken in: "+err.Error()+". "+taken, form.Wrong)
			return
		}
		a.forget()
		a.say("Taken in. "+taken, form.Well)
	})
}
