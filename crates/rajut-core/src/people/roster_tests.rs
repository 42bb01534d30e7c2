//! Tests of the roster: a table of cases on one small agency, and properties over random decrees and leave.

use jiff::Span;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::id::{AssignmentId, PersonId, PostId};

const HEAD: u128 = 1;
const DIVISION: u128 = 2;
const SECTION: u128 = 3;

fn post_id(number: u128) -> PostId {
    PostId(Uuid::from_u128(number))
}

fn person_id(number: u128) -> PersonId {
    PersonId(Uuid::from_u128(number))
}

/// Head over division over section.
fn posts() -> Vec<Post> {
    [
        (HEAD, "Kepala Dinas", None, Role::AgencyHead),
        (DIVISION, "Kepala Bidang", Some(HEAD), Role::DivisionHead),
        (SECTION, "Kepala Seksi", Some(DIVISION), Role::SectionHead),
    ]
    .map(|(number, title, superior, role)| Post {
        id: post_id(number),
        code: title.to_lowercase(),
        title: title.to_owned(),
        unit: "Dinas Contoh".to_owned(),
        superior: superior.map(post_id),
        role,
        office: None,
        former: Vec::new(),
    })
    .to_vec()
}

fn persons() -> Vec<Person> {
    (1..=4)
        .map(|number| Person {
            id: person_id(number),
            name: format!("Contoh {number}"),
            titles_before: String::new(),
            titles_after: "S.T.".to_owned(),
            status: CivilStatus::Pns,
            rank: Some(Rank {
                golongan: "III/d".to_owned(),
                pangkat: Some("Penata Tk. I".to_owned()),
            }),
            nip: Some(Sealed::commit([0; 16], &number.to_string())),
            address: None,
            phone: None,
        })
        .collect()
}

fn day(number: i32) -> Date {
    date(2026, 1, 1) + Span::new().days(number)
}

fn assignment(
    id: u128,
    person: u128,
    post: u128,
    kind: AssignmentKind,
    from: i32,
    until: Option<i32>,
) -> Assignment {
    Assignment {
        id: AssignmentId(Uuid::from_u128(id)),
        person: person_id(person),
        post: post_id(post),
        kind,
        from: day(from),
        until: until.map(day),
        decree: format!("Keputusan {id}"),
    }
}

fn leave(person: u128, from: i32, until: i32) -> Leave {
    Leave {
        person: person_id(person),
        from: day(from),
        until: day(until),
        reason: "cuti".to_owned(),
    }
}

/// Gives a roster over these facts to `look`.
fn with<T>(assignments: &[Assignment], leaves: &[Leave], look: impl FnOnce(Roster<'_>) -> T) -> T {
    let (persons, posts) = (persons(), posts());
    look(Roster {
        persons: &persons,
        posts: &posts,
        assignments,
        leaves,
    })
}

use AssignmentKind::{Definitif, Plh, Plt};

#[test]
fn holder_by_decree_and_leave() {
    let assignments = [
        assignment(1, 1, HEAD, Definitif, 0, Some(9)),
        assignment(2, 2, HEAD, Plh, 3, Some(6)),
        assignment(3, 3, HEAD, Plt, 5, Some(19)),
        assignment(4, 2, HEAD, Plh, 14, Some(15)),
        assignment(5, 2, HEAD, Plh, 22, None),
    ];
    let leaves = [leave(1, 4, 8), leave(2, 6, 6), leave(3, 15, 17)];
    with(&assignments, &leaves, |roster| {
        for (number, expected) in [
            (-1, None),
            (0, Some((1, Capacity::Own))),
            // The Plh. does not act while the holder is there.
            (3, Some((1, Capacity::Own))),
            (4, Some((2, Capacity::Plh))),
            // A Plt. has no say while the post is held.
            (5, Some((2, Capacity::Plh))),
            // The Plh. is away too, then has no decree any more: the holder remains the holder.
            (6, Some((1, Capacity::Own))),
            (7, Some((1, Capacity::Own))),
            (9, Some((1, Capacity::Own))),
            // Vacant.
            (10, Some((3, Capacity::Plt))),
            (14, Some((3, Capacity::Plt))),
            // The Plt. is away.
            (15, Some((2, Capacity::Plh))),
            (16, Some((3, Capacity::Plt))),
            (20, None),
            // Vacant, and a Plh. is all there is.
            (22, Some((2, Capacity::Plh))),
        ] {
            let actor = roster.actor(post_id(HEAD), day(number));
            let found = actor.map(|actor| (actor.person, actor.capacity));
            assert_eq!(
                found,
                expected.map(|(person, capacity)| (person_id(person), capacity)),
                "day {number}"
            );
        }
        assert!(roster.holder(post_id(HEAD), day(7)).unwrap().on_leave);
        assert!(!roster.holder(post_id(HEAD), day(4)).unwrap().on_leave);
    });
}

#[test]
fn of_two_decrees_the_latest_counts() {
    let assignments = [
        assignment(2, 2, HEAD, Definitif, 5, None),
        assignment(1, 1, HEAD, Definitif, 0, None),
    ];
    with(&assignments, &[], |roster| {
        let holder = |number| roster.holder(post_id(HEAD), day(number)).unwrap().person;
        assert_eq!((holder(4), holder(5)), (person_id(1), person_id(2)));
    });
}

#[test]
fn a_superior_acts_for_a_vacant_post_and_is_marked() {
    let assignments = [
        assignment(1, 1, HEAD, Definitif, 0, None),
        assignment(2, 2, DIVISION, Plt, 5, Some(9)),
        assignment(3, 3, SECTION, Definitif, 7, Some(8)),
    ];
    with(&assignments, &[], |roster| {
        let may = |person, number| roster.may_act(person_id(person), post_id(SECTION), day(number));
        assert_eq!(may(1, 4), Some(Capacity::SuperiorForVacant(post_id(HEAD))));
        assert_eq!(may(2, 5), Some(Capacity::SuperiorForVacant(post_id(DIVISION))));
        assert_eq!(may(1, 5), None, "a nearer superior is there");
        assert_eq!(may(3, 7), Some(Capacity::Own));
        assert_eq!(may(2, 7), None, "the post is held");
        assert_eq!(may(1, 10), Some(Capacity::SuperiorForVacant(post_id(HEAD))));
        let codes = |person, number| -> Vec<_> {
            let posts = roster.posts_of(person_id(person), day(number));
            posts
                .into_iter()
                .map(|(post, capacity)| (post.id, capacity))
                .collect()
        };
        assert_eq!(codes(1, 4), [(post_id(HEAD), Capacity::Own)]);
        assert_eq!(codes(2, 5), [(post_id(DIVISION), Capacity::Plt)]);
        assert_eq!(codes(2, 4), []);
    });
}

#[test]
fn two_holders_on_one_day_are_named() {
    let assignments = [
        assignment(1, 1, HEAD, Definitif, 0, Some(10)),
        assignment(2, 2, HEAD, Definitif, 10, None),
        assignment(3, 3, HEAD, Plt, 0, None),
        assignment(4, 3, DIVISION, Definitif, 0, Some(4)),
        assignment(5, 4, DIVISION, Definitif, 5, Some(3)),
        assignment(6, 4, DIVISION, Definitif, 5, None),
    ];
    with(&assignments, &[], |roster| {
        let faults = roster.faults();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert_eq!(faults[0], RosterFault::Reversed(assignments[4].id));
        let RosterFault::Overlap(overlap) = &faults[1] else {
            panic!("{faults:?}")
        };
        assert_eq!((overlap.from, overlap.until), (day(10), Some(day(10))));
        let message = faults[1].to_string();
        assert!(
            message.contains("Contoh 1, S.T.") && message.contains("Contoh 2, S.T."),
            "{message}"
        );
    });
}

#[test]
fn a_circle_of_superiors_is_reported_and_does_no_harm() {
    let mut posts = posts();
    posts[0].superior = Some(post_id(SECTION));
    let roster = Roster {
        persons: &[],
        posts: &posts,
        assignments: &[],
        leaves: &[],
    };
    assert_eq!(roster.actor(post_id(SECTION), day(0)), None);
    let cycles: Vec<_> = [HEAD, DIVISION, SECTION]
        .map(|post| RosterFault::SuperiorCycle(post_id(post)))
        .to_vec();
    assert_eq!(roster.faults(), cycles);
    posts[0].superior = Some(post_id(99));
    let roster = Roster {
        persons: &[],
        posts: &posts,
        assignments: &[],
        leaves: &[],
    };
    assert_eq!(roster.faults(), [RosterFault::UnknownSuperior(post_id(HEAD))]);
}

#[test]
fn the_foot_of_a_paper() {
    let assignments = [
        assignment(1, 1, HEAD, Plt, 0, None),
        assignment(2, 2, DIVISION, Definitif, 0, None),
        assignment(3, 3, DIVISION, Plh, 0, None),
        assignment(4, 4, SECTION, Definitif, 0, Some(20)),
    ];
    let leaves = [leave(2, 5, 6)];
    with(&assignments, &leaves, |roster| {
        let lines = |post, number, on_behalf| -> Vec<String> {
            let block = roster.signer(post_id(post), day(number), on_behalf).unwrap();
            block.lines.iter().map(ToString::to_string).collect()
        };
        assert_eq!(lines(HEAD, 1, OnBehalf::No), ["Plt. Kepala Dinas"]);
        assert_eq!(lines(DIVISION, 1, OnBehalf::No), ["Kepala Bidang"]);
        assert_eq!(lines(DIVISION, 5, OnBehalf::No), ["Plh. Kepala Bidang"]);
        assert_eq!(
            lines(DIVISION, 1, OnBehalf::Superior),
            ["a.n. Kepala Dinas", "Kepala Bidang"]
        );
        assert_eq!(
            lines(DIVISION, 5, OnBehalf::Superior),
            ["a.n. Kepala Dinas", "Plh. Kepala Bidang"]
        );
        assert_eq!(
            lines(SECTION, 1, OnBehalf::NextLevel),
            ["a.n. Kepala Dinas", "Kepala Bidang", "u.b. Kepala Seksi"]
        );

        let block = roster.signer(post_id(DIVISION), day(5), OnBehalf::No).unwrap();
        assert_eq!(
            (block.person, block.assignment),
            (person_id(3), assignments[2].id)
        );
        assert_eq!(block.name, "Contoh 3, S.T.");
        assert_eq!(block.rank.unwrap().to_string(), "Penata Tk. I (III/d)");
        assert!(block.nip.unwrap().opens_to([0; 16], "3"));

        let refused =
            |post, number, on_behalf| roster.signer(post_id(post), day(number), on_behalf).unwrap_err();
        let vacant = SignerError::Vacant {
            post: post_id(SECTION),
            date: day(21),
        };
        assert_eq!(refused(SECTION, 21, OnBehalf::No), vacant);
        assert_eq!(
            refused(HEAD, 1, OnBehalf::Superior),
            SignerError::NoSuperior(post_id(HEAD))
        );
        assert_eq!(
            refused(DIVISION, 1, OnBehalf::NextLevel),
            SignerError::NoSuperior(post_id(HEAD))
        );
        assert_eq!(refused(9, 1, OnBehalf::No), SignerError::UnknownPost(post_id(9)));
    });
}

const DAYS: i32 = 20;

fn facts() -> impl Strategy<Value = (Vec<Assignment>, Vec<Leave>)> {
    let kind = prop::sample::select(vec![Definitif, Plt, Plh]);
    let held = (1..=4_u128, 1..=3_u128, kind, 0..DAYS, prop::option::of(0..10));
    let away = (1..=4_u128, 0..DAYS, 0..6).prop_map(|(person, from, days)| leave(person, from, from + days));
    let numbered = |held: Vec<(u128, u128, AssignmentKind, i32, Option<i32>)>| -> Vec<Assignment> {
        let each = |(id, (person, post, kind, from, days)): (u128, (_, _, _, _, Option<i32>))| {
            assignment(id, person, post, kind, from, days.map(|days| from + days))
        };
        (1..).zip(held).map(each).collect()
    };
    (
        prop::collection::vec(held, 0..8).prop_map(numbered),
        prop::collection::vec(away, 0..5),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn at_most_one_acts_for_a_post_and_rightly((assignments, leaves) in facts()) {
        let (persons, posts) = (persons(), posts());
        let roster = Roster { persons: &persons, posts: &posts, assignments: &assignments, leaves: &leaves };
        let away = |person, day| leaves.iter().any(|l| l.person == person && l.from <= day && day <= l.until);
        for today in (0..DAYS + 12).map(day) {
            for post in &posts {
                let held = |kind| -> Vec<PersonId> {
                    let now = |a: &&Assignment| a.from <= today && a.until.is_none_or(|until| today <= until);
                    let here = assignments.iter().filter(|a| a.post == post.id && a.kind == kind);
                    here.filter(now).map(|a| a.person).collect()
                };
                let (own, plt, plh) = (held(Definitif), held(Plt), held(Plh));
                let vacant = own.is_empty() && plt.is_empty() && plh.iter().all(|person| away(*person, today));
                let acting: Vec<_> = persons
                    .iter()
                    .filter_map(|person| Some((person.id, roster.may_act(person.id, post.id, today)?)))
                    .collect();
                prop_assert!(acting.len() <= 1);
                let Some((person, capacity)) = acting.first().copied() else {
                    prop_assert!(vacant, "a held post has somebody who acts");
                    prop_assert!(roster.holder(post.id, today).is_none());
                    continue;
                };
                let principals = if own.is_empty() { &plt } else { &own };
                let plh_is_there = plh.iter().any(|person| !away(*person, today));
                match capacity {
                    Capacity::Own | Capacity::Plt => {
                        prop_assert!(principals.contains(&person));
                        prop_assert_eq!(capacity == Capacity::Plt, own.is_empty());
                        prop_assert!(!away(person, today) || !plh_is_there);
                    }
                    Capacity::Plh => {
                        prop_assert!(plh.contains(&person) && !away(person, today));
                        let one_is_away = principals.iter().any(|person| away(*person, today));
                        prop_assert!(principals.is_empty() || one_is_away);
                    }
                    Capacity::SuperiorForVacant(above) => {
                        prop_assert!(vacant);
                        prop_assert_eq!(roster.holder(above, today).map(|holding| holding.person), Some(person));
                        let mut between = post.superior.unwrap();
                        while between != above {
                            prop_assert!(roster.holder(between, today).is_none());
                            between = roster.post(between).unwrap().superior.unwrap();
                        }
                    }
                }
                let listed = roster.posts_of(person, today).iter().any(|(held, _)| held.id == post.id);
                prop_assert_eq!(listed, !vacant);
            }
        }
    }

    #[test]
    fn an_overlap_is_reported_if_and_only_if_a_day_has_two((assignments, leaves) in facts()) {
        let mut days_with_two = Vec::new();
        for (index, a) in assignments.iter().enumerate() {
            for b in &assignments[index + 1..] {
                let same = a.post == b.post && a.kind == b.kind;
                let shared = (0..DAYS + 12).map(day).find(|today| a.in_force(*today) && b.in_force(*today));
                days_with_two.extend(shared.filter(|_| same).map(|first| (first, a.id.min(b.id), a.id.max(b.id))));
            }
        }
        days_with_two.sort();
        let mut reported = with(&assignments, &leaves, |roster| {
            roster.faults().into_iter().map(|fault| match fault {
                RosterFault::Overlap(o) => (o.from, o.first.0.min(o.second.0), o.first.0.max(o.second.0)),
                other => panic!("{other}"),
            }).collect::<Vec<_>>()
        });
        reported.sort();
        prop_assert_eq!(reported, days_with_two);
    }
}
