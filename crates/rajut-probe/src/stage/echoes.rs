//! The simulator as a network for echoes in great number.

use std::net::IpAddr;
use std::time::Duration;

use super::Simulator;
use crate::codec::{Peek, peek_v4, peek_v6};
use crate::network::{EchoNetwork, Event, Network, Question, SendError, WaitError, Way};

impl EchoNetwork for Simulator {
    fn elapsed(&self) -> Duration {
        Network::elapsed(self)
    }

    fn identifier(&self, to: IpAddr) -> u16 {
        Network::identifier(self, to)
    }

    fn way(&self, _to: IpAddr) -> Way {
        Way::RawSocket
    }

    fn send(&mut self, questions: &[Question]) -> (usize, Option<SendError>) {
        for (sent, question) in questions.iter().enumerate() {
            let peek = if question.to.is_ipv4() {
                peek_v4(&question.bytes)
            } else {
                peek_v6(&question.bytes)
            };
            // What is no echo reaches nobody.
            let Ok(Peek::Request(echo)) = peek else { continue };
            if let Err(error) = self.send_echo(question.to, echo.sequence, echo.payload) {
                return (sent, Some(error));
            }
        }
        (questions.len(), None)
    }

    fn receive(&mut self, heard: &mut dyn FnMut(IpAddr, Peek<'_>, Duration)) -> Result<usize, WaitError> {
        let mut count = 0;
        while let Some(event) = self.wait(Duration::ZERO)? {
            if let Event::Icmp { from, message, at } = event {
                heard(from, message.peek(), at);
                count += 1;
            }
        }
        Ok(count)
    }

    fn rest(&mut self, until: Duration) {
        self.set_time(until);
    }

    /// Every host is the next one here.
    fn limit_hops(&mut self, _to: IpAddr, _hops: u8) -> Result<(), SendError> {
        Ok(())
    }

    fn dropped(&self) -> u64 {
        0
    }
}
