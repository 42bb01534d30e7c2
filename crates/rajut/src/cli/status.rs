//! `rajut status` and `rajut look`: what is without connection, and the look from which that is known.

use std::sync::Arc;

use rajut_app::{Held, SiteReport};

use super::output::Output;
use super::{Error, Exit, Session, check};

/// Seconds as people say them.
fn age(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Sites and services without connection; found wanting when there are any.
pub(super) async fn status(session: &Session, out: &Output) -> Result<Exit, Error> {
    let report = session.app.status(session.now()).await?;
    let zone = session.app.context().await?.agency.zone;
    let row = |site: &SiteReport| {
        vec![
            out.word("connection", site.connection),
            site.code.clone(),
            site.name.clone(),
            site.district.clone(),
            site.since
                .map(|at| zone.civil(at).strftime("%Y-%m-%d %H:%M").to_string())
                .unwrap_or_default(),
            site.cause.clone().unwrap_or_default(),
            site.age_s.map(age).unwrap_or_default(),
            site.incidents
                .iter()
                .map(|it| format!("{}: {}", it.cause, it.what))
                .collect::<Vec<_>>()
                .join("; "),
        ]
    };
    let rows = report.sites.iter().map(row).collect();
    out.print(
        &report,
        &[
            "connection",
            "site",
            "name",
            "district",
            "since",
            "device",
            "age",
            "incident",
        ],
        rows,
    );
    let (without, unknown) = (report.without.to_string(), report.unknown.to_string());
    out.say_with("status-summary", &[("without", &without), ("unknown", &unknown)]);
    if !report.services.is_empty() {
        out.say_with("status-services", &[("services", &report.services.join(", "))]);
    }
    Ok(if report.without == 0 {
        Exit::Done
    } else {
        Exit::Refused
    })
}

/// One look at every registered device.
pub(super) async fn look(session: &Session, out: &Output) -> Result<Exit, Error> {
    let (network, icmp) = check::network(out);
    let looks = session
        .app
        .look_at_all(&mut Held::new(network), Arc::new(crate::rim::SystemClock))
        .await?;
    out.say_with("looked", &[("devices", &looks.to_string())]);
    let exit = status(session, out).await?;
    // Without the right to ask, nothing was observed at all of what is asked by echo.
    Ok(if icmp || exit != Exit::Done {
        exit
    } else {
        Exit::Network
    })
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn ages_are_said_in_a_fitting_unit() {
        let told: Vec<String> = [59, 60, 7_199, 7_200, 172_800].into_iter().map(age).collect();
        assert_eq!(told, ["59 s", "1 min", "119 min", "2 h", "2 d"]);
    }
}
