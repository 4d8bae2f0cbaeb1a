package main

import (
	"fyne.io/fyne/v2"

	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/review"
)

// reviewScenes are the pictures of the post-mortem.
func reviewScenes() []scene {
	empty := func() (sample.Story, error) { return sample.Empty(), nil }
	return []scene{
		{"postmortem-empty", onReview(empty, nil)},
		{"postmortem-unbegun", onReview(sample.Typical, nil)},
		{"postmortem-typical", onReview(sample.Reviewed, looking("text.summary"))},
		{"postmortem-editing", onReview(sample.Reviewed, writing)},
		{"postmortem-action", onReview(sample.Reviewed, looking("action."))},
		{"postmortem-form", onReview(sample.Reviewed, asking("review.action"))},
		{"postmortem-publish", onReview(sample.Reviewed, asking("review.publish"))},
		{"postmortem-overfull", onReview(sample.Unread, looking("text.cause"))},
		{"postmortem-overfull-actions", onReview(sample.Unread, looking("action."))},
	}
}

func onReview(m maker, then func(*stage, *review.Screen)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		r := review.New(s.host)
		s.show("review", r)
		if !s.story.Incident.Zero() {
			r.Open(s.story.Incident)
		}
		if then != nil {
			then(s, r)
		}
		return nil
	}
}

func looking(row string) func(*stage, *review.Screen) {
	return func(_ *stage, r *review.Screen) { r.Pick(row) }
}

func asking(command keys.ID) func(*stage, *review.Screen) {
	return func(s *stage, r *review.Screen) {
		r.Run(command)
		s.settle()
	}
}

// writing types into the cause.
func writing(s *stage, r *review.Screen) {
	r.Pick("text.cause")
	s.window.Canvas().Capture()
	r.Run("list.open")
	typeInto(s, "The limit of 200 features was never near before. ")
}
