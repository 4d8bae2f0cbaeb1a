package model

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// blaming finds the words that look for who, where a review asks how.
var blaming = regexp.MustCompile(`(?i)\b(fault(?:s|y)? of|at fault|(?:my|his|her|our|your|their) fault|blam(?:e|ed|es|ing)|careless(?:ly|ness)?|failed to|should have|should've|human error|forgot(?:ten)?|obviously)\b`)

// CheckReview says what a post-mortem lacks, a sentence each, for whoever is
// about to publish it. It never keeps anybody from writing.
func (s *State) CheckReview(inc *Incident) []string {
	found := []string{}
	texts := map[string]string{}
	for _, section := range ReviewSections {
		text := inc.ReviewText(section.Name)
		texts[section.Name] = text
		found = append(found, s.checkText(section.Title, text, section.Cause)...)
		switch {
		case text == "" && section.Name != "timeline":
			found = append(found, section.Title+" is empty")
		case strings.Contains(text, ReviewTodo):
			found = append(found, section.Title+" still has a TODO")
		}
	}
	for _, g := range s.ReviewGaps(inc) {
		if !strings.Contains(texts["timeline"], g.From.UTC().Format("15:04")) {
			found = append(found, "The timeline is silent from "+g.String()+" and nobody says why")
		}
	}
	factors := s.FactorViews(inc)
	for _, f := range factors {
		found = append(found, s.checkText("Factor \""+cut(f.Text, 40)+"\"", f.Text, true)...)
	}
	if len(factors) == 0 {
		found = append(found, "No contributing factor is named")
	}
	if s.OwesCustomers(inc) {
		found = append(found, "Nobody has decided on the message to customers: send one, or write down why none is needed")
	}
	if inc.Fields.Text(FieldReviewOwner) == "" {
		found = append(found, "Nobody owns the post-mortem")
	}
	return append(found, s.checkActions(inc)...)
}

func (s *State) checkText(where, text string, cause bool) []string {
	var found []string
	seen := map[string]bool{}
	for _, word := range blaming.FindAllString(text, -1) {
		if word = strings.ToLower(word); !seen[word] {
			seen[word] = true
			found = append(found, where+" says \""+word+"\": ask how it came about, not who")
		}
	}
	if cause {
		for _, name := range s.namesIn(text) {
			found = append(found, where+" names "+name+": tell what the system let happen")
		}
	}
	return found
}

// namesIn lists the people of the room whom a text names, by their full name or
// either end of it, written as a name.
func (s *State) namesIn(text string) []string {
	words := map[string]bool{}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' }) {
		words[strings.TrimSuffix(word, "'s")] = true
	}
	var names []string
	for _, p := range s.People {
		parts := strings.Fields(p.Name())
		if slices.ContainsFunc(parts, func(part string) bool { return len([]rune(part)) > 2 && words[part] }) {
			names = append(names, p.Name())
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (s *State) checkActions(inc *Incident) []string {
	var found []string
	views := s.ActionViews(inc)
	if len(views) == 0 && inc.Fields.Text(FieldReview(StepActions)) == "" {
		found = append(found, "No action item is recorded, and nobody said that none is needed")
	}
	for _, v := range views {
		if v.State != ActionOpen {
			continue
		}
		for _, what := range checkAction(v.Text, v.Owner != "", !v.DueAt.IsZero()) {
			found = append(found, "Action \""+cut(v.Text, 40)+"\" "+what)
		}
		found = append(found, s.checkText("Action \""+cut(v.Text, 40)+"\"", v.Text, false)...)
	}
	return found
}

// checkAction says what an action item lacks.
func checkAction(text string, owner, due bool) []string {
	var found []string
	first, _, _ := strings.Cut(strings.TrimSpace(text), " ")
	if !verbs[strings.ToLower(strings.Trim(first, ".,:;"))] {
		found = append(found, "does not begin with a verb, such as add, remove, test")
	}
	if !owner {
		found = append(found, "has no owner")
	}
	if !due {
		found = append(found, "has no date")
	}
	return found
}

// verbs are those action items of public post-mortems begin with. The check is
// advice: a verb that is not here costs its author a look.
var verbs = wordSet(`add adjust agree alert align allow analyse analyze announce apply archive ask assess audit automate avoid back backport ban
	block build buy call cap change check clarify clean close collect compare complete configure confirm consolidate convert copy correct cover create cut
	decide declare decommission decouple define delete deploy deprecate describe design detect develop disable discuss display document drain drill drop duplicate
	enable encrypt enforce enlarge ensure escalate establish evaluate examine exclude exercise expand expire explain export expose extend fence file find finish fix
	freeze gate give grant guard harden hire identify implement import improve include increase inform install instrument integrate introduce investigate isolate
	keep label learn let limit link list lock log lower maintain make map mark measure merge migrate mirror model monitor move name notify obtain offer order
	organise organize page pair parse patch pin plan post practise practice prepare prevent print probe produce protect prove provide provision publish put raise
	read rebuild record recover reduce refactor refuse reject release remove rename repair replace replicate report request require resize resolve restore restrict
	retire retry return revert review revise revoke rewrite roll rotate route run scale scan schedule separate set share shed shorten show shut simplify simulate
	sign slow snapshot split stage standardise standardize start stop store strengthen switch tag take teach tell test throttle tighten time track train trim tune
	turn uncouple unify update upgrade use validate verify warn widen wire work write`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(text) {
		set[word] = true
	}
	return set
}

// sortedFields lists the names of the fields that hold something.
func sortedFields(fields map[string]string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(fields)), func(name string) bool { return fields[name] == "" })
}
