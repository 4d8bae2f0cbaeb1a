package security

import (
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

func (s *Screen) askEvidence(system string) form.Ask {
	kind := "other"
	if system != "" {
		kind = model.EvidenceImage
	}
	return form.Ask{
		Title: "Add evidence", About: "It gets the next number. Of a file named here the SHA-256 is computed; the file stays where it is.", Button: "Add", Doing: "Reading the file and computing its SHA-256 …",
		Questions: []form.Question{
			{Name: "what", Label: "What it is"},
			{Name: "kind", Label: "Kind", Options: model.EvidenceKinds[:], Value: kind},
			{Name: "system", Label: "System it comes from", Value: system},
			{Name: "file", Label: "File", Help: form.PathHelp + ". Optional", Optional: true, File: &part.FileAsk{Kind: "evidence", Title: "File of the evidence"}},
			{Name: "store", Label: "Where it is kept"},
			{Name: "tool", Label: "Tool"},
			{Name: "protected", Label: "Write-protected", Options: []string{"yes", "no"}},
		}, Do: func(a form.Answers, reply form.Reply) { s.addEvidence(a, reply) },
	}
}

// addEvidence computes the digest of the file, off the UI goroutine, and then
// writes the item.
func (s *Screen) addEvidence(a form.Answers, reply form.Reply) {
	c := model.AddEvidence{
		Incident: s.incident(), What: a["what"], Kind: a["kind"], System: a["system"], Store: a["store"], Tool: a["tool"], Protected: a["protected"],
	}
	path := a["file"]
	if path == "" {
		s.run(c, "Added:", reply)
		return
	}
	var sum string
	var size int64
	s.host.Task(func() (err error) {
		sum, size, err = export.Fingerprint(s.ctx, path)
		return err
	}, func(err error) {
		if err != nil {
			reply("Not done: the file was not read: "+text.Line(err.Error())+". Nothing was written. What you typed is kept.", form.Wrong)
			return
		}
		c.SHA256, c.Size, c.File = sum, size, filepath.Base(path)
		s.run(c, "Added with SHA-256 "+short(sum)+":", reply)
	})
}

func (s *Screen) askCustody(l line) form.Ask {
	return form.Ask{Title: "Hand over " + l.Mark, About: l.Label, Questions: []form.Question{
		{Name: "act", Label: "Act", Options: []string{model.Transferred, model.Copied, model.Released}, Value: model.Transferred},
		{Name: "to", Label: "Who takes it"},
		{Name: "reason", Label: "Reason"},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.TransferEvidence{Evidence: l.key, Act: a["act"], To: a["to"], Reason: a["reason"]}, "Noted in the chain of custody.", reply)
	}}
}

func (s *Screen) askCredential() form.Ask {
	return form.Ask{
		Title: "Add a credential", About: "Every one that was within reach, unused ones too. Never write the secret itself.", Button: "Add",
		Questions: []form.Question{
			{Name: "name", Label: "Name"},
			{Name: "kind", Label: "Kind", Help: "Password, token, key, certificate, session"},
			{Name: "owner", Label: "Owner"},
			{Name: "used", Label: "Where it is used"},
			{Name: "unused", Label: "Believed unused", Options: []string{"yes", "no"}, Value: "no"},
			{Name: "reach", Label: "What it opens"},
			s.timeAsked("exposed", "Exposed since", ""),
		}, Do: func(a form.Answers, reply form.Reply) {
			if t, ok := s.times(a, reply, "exposed"); ok {
				s.run(model.AddCredential{
					Incident: s.incident(), Name: a["name"], Kind: a["kind"], Owner: a["owner"], Used: a["used"], Unused: a["unused"] == "yes", Reach: a["reach"], Exposed: t["exposed"],
				}, "Added.", reply)
			}
		},
	}
}

func (s *Screen) askRotate(l line) form.Ask {
	c := s.credential(l.key)
	var asked []form.Question
	if c.Revoked.IsZero() {
		asked = append(asked, s.timeAsked("revoked", "Old one revoked", s.now()))
	}
	if c.Issued.IsZero() {
		asked = append(asked, s.timeAsked("issued", "New one issued", ""))
	}
	asked = append(asked, form.Question{Name: "refused", Label: "Verified: which system refused the old one", Help: "Try it; revoking has failed unseen before"},
		form.Question{Name: "effect", Label: "Effect on services"})
	return form.Ask{Title: "Credential rotated", About: l.Label, Button: "Note", Questions: asked, Do: func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "revoked", "issued"); ok {
			s.run(model.RotateCredential{Credential: l.key, Revoked: t["revoked"], Issued: t["issued"], Refused: a["refused"], Effect: a["effect"]}, "Noted.", reply)
		}
	}}
}

func (s *Screen) credential(id string) model.CredentialView {
	for _, c := range s.content.security.Credentials {
		if c.ID.String() == id {
			return c
		}
	}
	return model.CredentialView{}
}

func (s *Screen) askIsolate() form.Ask {
	return form.Ask{Title: "Isolate a system", About: "A host, an account, a token or a network path. Do not power it off without a decision.", Button: "Note", Questions: []form.Question{
		{Name: "system", Label: "System"}, {Name: "how", Label: "How it was cut off"}, {Name: "effect", Label: "Effect on services"}, s.timeAsked("at", "When", s.now()),
	}, Do: func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "at"); ok {
			s.run(model.Isolate{Incident: s.incident(), System: a["system"], How: a["how"], Effect: a["effect"], At: t["at"]}, "Noted.", reply)
		}
	}}
}

func (s *Screen) askLift(l line) form.Ask {
	return form.Ask{Title: "Connect again", About: l.Label, Button: "Note", Questions: []form.Question{{Name: "reason", Label: "Reason", Lines: 2}}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.LiftIsolation{Isolation: l.key, Reason: a["reason"]}, "Noted.", reply)
	}}
}

// system is the name of the system a row is about; "" for a heading.
func (l line) system() string {
	if l.Head {
		return ""
	}
	return l.Label
}

func (s *Screen) askWaive(l line) form.Ask {
	return form.Ask{Title: "Go on without an image", About: "A decision that a person takes and answers for: what the system holds is lost with the wipe.", Button: "Record decision", Questions: []form.Question{
		{Name: "system", Label: "System", Value: l.system()}, {Name: "reason", Label: "Reason", Lines: 2}, {Name: "person", Label: "Who decides", Value: s.content.me},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.WaiveEvidence{Incident: s.incident(), System: a["system"], Reason: a["reason"], Person: a["person"]}, "Recorded.", reply)
	}}
}

func (s *Screen) askWipe(l line) form.Ask {
	return form.Ask{Title: "Record a wipe", About: "Refused until an image of the system, or the decision to go on without, is on record.", Button: "Record", Danger: true, Questions: []form.Question{
		{Name: "system", Label: "System", Value: l.system()}, {Name: "how", Label: "How it was wiped or rebuilt"},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.RecordWipe{Incident: s.incident(), System: a["system"], How: a["how"]}, "Recorded.", reply)
	}}
}

func (s *Screen) askSheet() form.Ask {
	return form.Ask{Title: "Decision sheet", About: "A decision that a security incident brings to the top: what could be done, who advised what, what was chosen.", Button: "Record decision", Questions: []form.Question{
		{Name: "topic", Label: "About", Options: model.SheetTopics[:]},
		{Name: "options", Label: "What could be done", Lines: 2},
		{Name: "advice", Label: "Who advised what", Lines: 2},
		{Name: "choice", Label: "What was decided", Lines: 2},
		{Name: "person", Label: "Who decided", Value: s.content.me},
		s.timeAsked("at", "When", s.now()),
	}, Do: func(a form.Answers, reply form.Reply) {
		if t, ok := s.times(a, reply, "at"); ok {
			s.run(model.DecideSheet{
				Incident: s.incident(), Topic: a["topic"], Options: a["options"], Advice: a["advice"], Choice: a["choice"], Person: a["person"], At: t["at"],
			}, "Recorded.", reply)
		}
	}}
}

func (s *Screen) askApprove() form.Ask {
	return form.Ask{Title: "Approve a message for legal", About: "One approval lets one message to this audience go.", Button: "Record approval", Questions: []form.Question{
		{Name: "audience", Label: "Audience", Help: "As the message names it", Value: model.AudienceStakeholders},
		{Name: "person", Label: "Who approved for legal"},
		{Name: "text", Label: "What was approved", Lines: 3},
	}, Do: func(a form.Answers, reply form.Reply) {
		s.run(model.ApproveMessage{Incident: s.incident(), Audience: a["audience"], Person: a["person"], Text: a["text"]}, "Recorded.", reply)
	}}
}
